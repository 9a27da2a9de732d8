import { parse } from 'yaml';
import { parseDuration } from '../../durations';

/** What Prometheus' configuration says about all of its rules. */
export interface SourceGlobals {
  evaluationIntervalMs: number | null;
  externalLabels: Record<string, string>;
}

/** Reads the YAML of `/api/v1/status/config`. What is missing or odd is left out. */
export function readSourceGlobals(text: string): SourceGlobals {
  let file: unknown = null;
  try {
    file = parse(text, { maxAliasCount: 0, prettyErrors: false });
  } catch {
    // Of a source that is no Prometheus.
  }
  const global = fieldOf(file, 'global');
  const interval = fieldOf(global, 'evaluation_interval');
  const labels = fieldOf(global, 'external_labels');
  const pairs = typeof labels === 'object' && labels !== null ? Object.entries(labels as object) : [];
  return {
    evaluationIntervalMs: typeof interval === 'string' ? parseDuration(interval) || null : null,
    externalLabels: Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string')),
  };
}

/** When and how often a live group is evaluated. */
export interface LiveGroup {
  intervalMs: number;
  /** After each multiple of the interval; null while it has not been evaluated. */
  phaseMs: number | null;
}

/** Finds the group that evaluates a rule in the `data` of Prometheus' `/api/v1/rules`; null when none does, or several do. */
export function findLiveGroup(
  data: unknown,
  rule: { name: string; group: string; ruleId: string | null },
): LiveGroup | null {
  const groups = listOf(fieldOf(data, 'groups'));
  const having = groups.filter((group) => listOf(fieldOf(group, 'rules')).some((each) => isThe(each, rule)));
  const [group, another] = having.length > 1 ? having.filter((each) => fieldOf(each, 'name') === rule.group) : having;
  const seconds = fieldOf(group, 'interval');
  if (another !== undefined || typeof seconds !== 'number' || !(seconds > 0)) return null;
  const intervalMs = Math.round(seconds * 1000);
  const last = Date.parse(String(fieldOf(group, 'lastEvaluation')));
  return { intervalMs, phaseMs: last > 0 ? last % intervalMs : null };
}

function isThe(rule: unknown, { name, ruleId }: { name: string; ruleId: string | null }): boolean {
  if (fieldOf(rule, 'type') !== 'alerting') return false;
  const id = fieldOf(fieldOf(rule, 'annotations'), 'alertagent_rule_id');
  return ruleId !== null && id !== undefined ? id === ruleId : fieldOf(rule, 'name') === name;
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
