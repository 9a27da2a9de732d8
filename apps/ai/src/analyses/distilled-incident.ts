import type { IncidentResolved } from '@alertagent/contracts';
import { scrubSecrets } from '../analysts/scrub-secrets';
import type { KnowledgeContent } from '../knowledge/knowledge-document';
import type { Analysis } from './analysis';

/** Days for which a past incident is worth citing. */
const WORTH_DAYS = 180;
const DAY_MS = 24 * 3_600_000;
const MAX_ACTIONS = 10;
const MAX_PART = 4_000;

/**
 * What to remember of an incident that is over: what it was, how long it took, and what its analysis found. Null when nothing was found:
 * a list of incidents is no knowledge.
 */
export function distilledIncident(event: IncidentResolved, analysis: Analysis | null): KnowledgeContent | null {
  const result = analysis?.status === 'completed' ? analysis.result : null;
  if (!result || result.root_cause.trim() === '') return null;
  const resolvedAt = new Date(event.resolved_at);
  const minutes = Math.max(1, Math.round((resolvedAt.getTime() - Date.parse(event.opened_at)) / 60_000));
  const labels = Object.entries(event.group_labels).map(([name, value]) => `${name}=${value}`);
  const text = [
    '# What happened',
    `${event.title} in cluster ${event.cluster_name}, ${event.alert_count} alerts, over after ${minutes} minutes. ${labels.join(' ')}`,
    '# What the analysis found',
    `By the analyst ${result.analyst ?? 'unknown'}, not confirmed by a person.`,
    result.root_cause.slice(0, MAX_PART),
    ...(result.suggested_actions.length > 0
      ? [
          '# What it suggested',
          result.suggested_actions
            .slice(0, MAX_ACTIONS)
            .map((action) => `- ${action}`)
            .join('\n')
            .slice(0, MAX_PART),
        ]
      : []),
  ].join('\n\n');
  return {
    kind: 'incident',
    title: scrubSecrets(event.title).slice(0, 300).toWellFormed() || event.alert.name.slice(0, 300),
    text: scrubSecrets(text).toWellFormed(),
    owner: null,
    url: null,
    clusters: [event.cluster_name],
    alerts: [event.alert.name.slice(0, 200)],
    expiresAt: new Date(resolvedAt.getTime() + WORTH_DAYS * DAY_MS),
  };
}
