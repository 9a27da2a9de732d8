import type { AlertSnapshot } from '@alertagent/contracts';
import type { AlertEvent, Episode } from './batch';

/** An alert as it goes onto the bus. */
export function alertSnapshot({ alert }: Pick<AlertEvent, 'alert'>, episode: Episode): AlertSnapshot {
  return {
    id: episode.id,
    name: alert.name,
    severity: alert.severity,
    status: episode.status,
    labels: publishable(alert.labels),
    annotations: publishable(alert.annotations),
    starts_at: alert.starts_at,
    ends_at: episode.ends_at_ms === null ? null : new Date(episode.ends_at_ms).toISOString(),
    generator_url: alert.generator_url,
  };
}

/**
 * Labels may be called `constructor` or `__proto__`, but no object that is copied field by field survives that. Such entries are
 * left out of events; the stored alert has them.
 */
export function publishable(map: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).filter(([name]) => !(name in Object.prototype)));
}
