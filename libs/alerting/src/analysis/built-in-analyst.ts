import { formatDuration } from '../durations';

/** The result of an analysis by the built-in analyst. Scores lie between 0 and 1. */
export interface AnalysisResult {
  root_cause: string;
  severity_score: number;
  confidence: number;
  suggested_actions: string[];
  /** A duration such as 25m, from how long similar incidents took; null without any. */
  estimated_resolution_time: string | null;
  similar_incidents: { incident_id: string; similarity: number; resolution: string | null }[];
  analyst: 'built-in';
}

/** What the built-in analyst looks at. */
export interface BuiltInAnalysisInput {
  alert: {
    name: string;
    severity: string | null;
    labels: Record<string, string>;
    annotations: Record<string, string>;
  };
  /** Earlier incidents that may be related, in any order. */
  similar: {
    incident_id: string;
    title: string;
    labels: Record<string, string>;
    resolution: string | null;
    resolved_after_ms: number | null;
  }[];
  /** The rule that fired, when it is one of ours. */
  rule: { expression: string; annotations: Record<string, string> } | null;
}

const SEVERITY_SCORES: ReadonlyMap<string, number> = new Map([
  ['emergency', 0.95],
  ['critical', 0.9],
  ['page', 0.9],
  ['fatal', 0.9],
  ['high', 0.75],
  ['error', 0.7],
  ['major', 0.7],
  ['warning', 0.5],
  ['warn', 0.5],
  ['minor', 0.4],
  ['low', 0.2],
  ['info', 0.2],
  ['none', 0.1],
]);
const UNKNOWN_SEVERITY = 0.5;

/**
 * Rules of thumb stay between these: enough to route by, and below the confidence that closes an incident by itself.
 */
const LEAST_CONFIDENCE = 0.5;
const MOST_CONFIDENCE = 0.75;
const MOST_SIMILAR = 5;
const LEAST_SIMILARITY = 0.3;
const PLACE_LABELS = ['instance', 'pod', 'service', 'job', 'namespace', 'cluster'];

/**
 * Analyses an alert without any language model: from its own labels and annotations, its rule, and how similar
 * incidents ended. Says so in its text, and the same input always gives the same answer.
 */
export function analyseBuiltIn(input: BuiltInAnalysisInput): AnalysisResult {
  const { alert, rule } = input;
  const similar = mostSimilar(input);
  const resolved = similar.filter((incident) => incident.resolution !== null);
  const documented = runbookOf(input) !== null || textOf(input, 'description') !== null;
  const best = resolved[0]?.similarity ?? 0;
  const confidence = Math.min(
    MOST_CONFIDENCE,
    LEAST_CONFIDENCE + (documented ? 0.05 : 0) + (rule ? 0.05 : 0) + 0.15 * best,
  );
  return {
    root_cause: rootCause(input, similar),
    severity_score: SEVERITY_SCORES.get(alert.severity?.toLowerCase() ?? '') ?? UNKNOWN_SEVERITY,
    confidence: rounded(confidence),
    suggested_actions: suggestions(input, resolved),
    estimated_resolution_time: estimatedTime(similar),
    similar_incidents: similar.map(({ incident_id, similarity, resolution }) => ({
      incident_id,
      similarity,
      resolution,
    })),
    analyst: 'built-in',
  };
}

type SimilarIncident = BuiltInAnalysisInput['similar'][number] & { similarity: number };

/** Share of label pairs in common (Jaccard): the more two alerts look alike, the likelier is a common cause. */
function mostSimilar(input: BuiltInAnalysisInput): SimilarIncident[] {
  const own = new Set(pairs(input.alert.labels));
  return input.similar
    .map((incident) => {
      const theirs = new Set(pairs(incident.labels));
      const common = [...theirs].filter((pair) => own.has(pair)).length;
      const all = own.size + theirs.size - common;
      return { ...incident, similarity: rounded(all === 0 ? 0 : common / all) };
    })
    .filter((incident) => incident.similarity >= LEAST_SIMILARITY)
    .sort((a, b) => b.similarity - a.similarity || (a.incident_id < b.incident_id ? -1 : 1))
    .slice(0, MOST_SIMILAR);
}

function pairs(labels: Record<string, string>): string[] {
  return Object.entries(labels).map((pair) => JSON.stringify(pair));
}

function rootCause(input: BuiltInAnalysisInput, similar: SimilarIncident[]): string {
  const { alert, rule } = input;
  const places = PLACE_LABELS.filter((name) => alert.labels[name]).map((name) => `${name} ${alert.labels[name]}`);
  const sentences = [
    'Rule-based summary by the built-in analyst; no language model was asked.',
    `${alert.name || 'An alert without a name'} is firing${places.length > 0 ? ` on ${places.join(', ')}` : ''}.`,
  ];
  const said = textOf(input, 'description') ?? textOf(input, 'summary');
  if (said !== null) sentences.push(`Its author says: ${said}`);
  if (rule) sentences.push(`Its rule holds: ${rule.expression}`);
  const [closest] = similar;
  if (!closest) sentences.push('No similar incident is known.');
  else {
    const ended =
      closest.resolution === null ? 'which has no recorded resolution' : `resolved by: ${closest.resolution}`;
    sentences.push(`Most similar of ${similar.length}: "${closest.title}", ${ended}`);
  }
  return sentences.join(' ');
}

function suggestions(input: BuiltInAnalysisInput, resolved: SimilarIncident[]): string[] {
  const runbook = runbookOf(input);
  const actions = runbook === null ? [] : [`Follow the runbook: ${runbook}`];
  for (const incident of resolved.slice(0, 3)) {
    actions.push(`Check whether this helps again (incident ${incident.incident_id}): ${incident.resolution}`);
  }
  const place = PLACE_LABELS.find((name) => input.alert.labels[name]);
  if (place !== undefined)
    actions.push(`Look at the state and recent changes of ${place} ${input.alert.labels[place]}`);
  if (actions.length === 0) actions.push('Look at what changed shortly before the alert began');
  return actions;
}

function runbookOf(input: BuiltInAnalysisInput): string | null {
  return textOf(input, 'runbook_url') ?? textOf(input, 'runbook');
}

/** The alert's own annotations are expanded; the rule's are templates, and better than nothing. */
function textOf({ alert, rule }: BuiltInAnalysisInput, name: string): string | null {
  return alert.annotations[name] || rule?.annotations[name] || null;
}

function estimatedTime(similar: SimilarIncident[]): string | null {
  const times = similar.flatMap((incident) => incident.resolved_after_ms ?? []).sort((a, b) => a - b);
  if (times.length === 0) return null;
  const median = times[Math.floor((times.length - 1) / 2)]!;
  return formatDuration(Math.max(60_000, Math.round(median / 60_000) * 60_000));
}

function rounded(score: number): number {
  return Math.round(score * 100) / 100;
}
