import { clockSkewOf, type ClockSkew } from '@alertagent/alerting';
import type { Batch } from './batch';

/** An event with times that cannot be right. */
export interface SkewedEvent {
  cluster_id: string;
  skew: ClockSkew;
  /** The episode that it tells of; null for old news, whose times say nothing about the episode that is known. */
  alert_id: string | null;
}

/** The events of a batch with times that cannot be right. */
export function clockSkews({ events }: Batch): SkewedEvent[] {
  return events.flatMap(({ alert, at, decided }) => {
    const skew = clockSkewOf(alert, at);
    if (skew === null) return [];
    const isOld = decided?.verdict.disposition === 'stale';
    return { cluster_id: alert.cluster_id, skew, alert_id: isOld ? null : (decided?.episode?.id ?? null) };
  });
}
