import type { AnalysisResult } from '@alertagent/contracts';
import { scrubSecrets } from '../analysts/scrub-secrets';
import type { KnownIncident } from '../incidents/known-incident';
import type { KnowledgeContent } from '../knowledge/knowledge-document';

/** What is known of an incident that is over. */
export interface IncidentStory {
  incident: KnownIncident & { resolvedAt: Date };
  clusterName: string;
  result: AnalysisResult;
  votes: { up: number; down: number };
  /** What people said it really was, the newest first. */
  corrections: readonly string[];
}

/** Days for which a past incident is worth citing. */
const WORTH_DAYS = 180;
const DAY_MS = 24 * 3_600_000;
const MAX_ACTIONS = 10;
const MAX_PART = 4_000;

/** What to remember of an incident: what it was, how long it took, what people said about it, and what its analysis found. */
export function distilledIncident({
  incident,
  clusterName,
  result,
  votes,
  corrections,
}: IncidentStory): KnowledgeContent {
  const minutes = Math.max(1, Math.round((incident.resolvedAt.getTime() - incident.openedAt.getTime()) / 60_000));
  const labels = Object.entries(incident.labels).map(([name, value]) => `${name}=${value}`);
  const actions = result.suggested_actions.slice(0, MAX_ACTIONS).map((action) => `- ${action}`);
  const text = [
    '# What happened',
    `${incident.title} in cluster ${clusterName}, over after ${minutes} minutes. ${labels.join(' ')}`,
    ...(corrections.length > 0
      ? ['# What it was, by people', ...corrections.map((one) => one.slice(0, MAX_PART))]
      : []),
    '# What the analysis found',
    `By the analyst ${result.analyst ?? 'unknown'}, ${judgement(votes)}.`,
    result.root_cause.slice(0, MAX_PART),
    ...(actions.length > 0 ? ['# What it suggested', actions.join('\n').slice(0, MAX_PART)] : []),
  ].join('\n\n');
  return {
    kind: 'incident',
    title: scrubSecrets(incident.title).slice(0, 300).toWellFormed() || incident.alertName,
    text: scrubSecrets(text).toWellFormed(),
    owner: null,
    url: null,
    clusters: [clusterName],
    alerts: [incident.alertName],
    expiresAt: new Date(incident.resolvedAt.getTime() + WORTH_DAYS * DAY_MS),
  };
}

function judgement({ up, down }: IncidentStory['votes']): string {
  if (up + down === 0) return 'not confirmed by a person';
  if (up > down) return `found right by ${up} of ${up + down} people`;
  return `found wrong by ${down} of ${up + down} people: do not rely on it`;
}
