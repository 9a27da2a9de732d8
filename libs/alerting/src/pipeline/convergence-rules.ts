import { parseDuration } from '../durations';
import { lengthPrefixed, sha256Hex } from '../hashing';
import { pointerTo, type FieldProblem } from '../problems';
import { compileMatchers, type LabelTest } from '../policy/matchers';
import type { ConvergenceRule, ConvergenceStrategy } from '../policy/policy-document';
import type { NormalisedAlert } from '../webhook/normalised-alert';
import { alertValues, compileCondition, holds, type Condition } from './cel';
import { groupKey } from './group-key';

/** A convergence rule ready to use. */
export interface CompiledConvergenceRule {
  name: string;
  strategy: ConvergenceStrategy;
  window_ms: number;
  window_kind: 'sliding' | 'fixed';
  max_alerts: number;
  max_lifetime_ms: number;
  grace_ms: number;
  appliesTo: (alert: NormalisedAlert) => boolean;
}

/** Where an alert looks for its incident. */
export interface Grouping {
  rule: CompiledConvergenceRule;
  /** Key of the incident that it would open. */
  group_key: string;
  /** Keys of the incidents that it may join, the preferred one first; the own key is one of them. */
  keys: string[];
  /** For text similarity: all open incidents of this scope are compared. */
  scope_key: string | null;
  text: string | null;
  /** The labels that its incident is named after. */
  group_labels: Record<string, string>;
}

/** The grouping of an alert by the first rule that applies. */
export function groupingOf(rules: readonly CompiledConvergenceRule[], alert: NormalisedAlert): Grouping {
  const rule = rules.find(({ appliesTo }) => appliesTo(alert)) ?? rules.at(-1)!;
  const { strategy } = rule;
  const base = { rule, scope_key: null, text: null };
  switch (strategy.by) {
    case 'alert':
      // By its labels, not by its episode: the incidents of an alert that comes back are counted, and one of them at a time is open.
      return {
        ...base,
        group_key: keyOf(rule, alert.label_hash),
        keys: [keyOf(rule, alert.label_hash)],
        group_labels: alert.labels,
      };
    case 'labels': {
      const place = { cluster_id: strategy.across_clusters ? '' : alert.cluster_id, labels: alert.labels };
      const key = keyOf(rule, groupKey(place, strategy.labels));
      return { ...base, group_key: key, keys: [key], group_labels: pick(alert, strategy.labels) };
    }
    case 'topology': {
      const keys = topologyKeys(rule, strategy.levels, alert);
      return { ...base, group_key: keys[0]!, keys, group_labels: pick(alert, strategy.levels) };
    }
    case 'text': {
      const place = { cluster_id: strategy.across_clusters ? '' : alert.cluster_id, labels: alert.labels };
      const scope_key = keyOf(rule, groupKey(place, strategy.labels));
      const text = textOf(alert);
      const group_key = sha256Hex(scope_key + lengthPrefixed(text));
      return { rule, group_key, keys: [group_key], scope_key, text, group_labels: pick(alert, strategy.labels) };
    }
  }
}

/** Rules keep apart what they group; the rule that groups by default has the keys that were there before policies. */
function keyOf(rule: CompiledConvergenceRule, key: string): string {
  return rule.name === 'default' ? key : sha256Hex(lengthPrefixed(rule.name) + key);
}

/** The level that every alert has: the cluster it comes from, whatever its labels say. */
const CLUSTER = 'cluster';

/** The alert's own place, then its parents up to the widest level that its labels name. */
function topologyKeys(rule: CompiledConvergenceRule, levels: readonly string[], alert: NormalisedAlert): string[] {
  const present = [...new Set(levels)].filter(
    (level) => level === CLUSTER || (Object.hasOwn(alert.labels, level) && alert.labels[level] !== ''),
  );
  const keys: string[] = [];
  for (let depth = present.length; depth >= 1; depth--) {
    const names = present.slice(0, depth).filter((level) => level !== CLUSTER);
    keys.push(keyOf(rule, groupKey(alert, names)));
  }
  if (keys.length === 0) keys.push(keyOf(rule, groupKey(alert, ['alertname'])));
  return keys;
}

const LONGEST_TEXT = 300;

/** The words of an alert that a person would compare. */
function textOf({ name, annotations }: NormalisedAlert): string {
  const words = [name, annotations['summary'] ?? '', annotations['description'] ?? ''].join(' ').toLowerCase();
  return words.replace(/\s+/g, ' ').slice(0, LONGEST_TEXT).trim().toWellFormed();
}

function pick({ labels }: NormalisedAlert, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(labels, name)).map((name) => [name, labels[name]!]));
}

/** Checks and compiles the list. */
export function compileConvergence(rules: readonly ConvergenceRule[]): {
  value: CompiledConvergenceRule[];
  problems: FieldProblem[];
} {
  const problems: FieldProblem[] = [];
  const value = rules.map((rule, index) => compileRule(rule, index, problems));
  for (const [index, { name }] of rules.entries()) {
    if (rules.findIndex((rule) => rule.name === name) === index) continue;
    const detail = 'another rule has this name, and what rules group is kept apart by their names: choose a new one';
    problems.push({ pointer: pointerTo(index, 'name'), code: 'duplicate_name', detail });
  }
  const last = rules.at(-1);
  if (!last || last.match.length > 0 || last.condition) {
    const detail = 'the last rule must apply to every alert: no match, no condition';
    problems.push({ pointer: pointerTo(Math.max(0, rules.length - 1)), code: 'no_default', detail });
  }
  return { value, problems };
}

function compileRule(rule: ConvergenceRule, index: number, problems: FieldProblem[]): CompiledConvergenceRule {
  const time = (field: 'window' | 'max_lifetime' | 'grace'): number => {
    const ms = parseDuration(rule[field]);
    if (ms === null) {
      problems.push({
        pointer: pointerTo(index, field),
        code: 'bad_duration',
        detail: 'must be a duration such as 5m',
      });
    }
    return ms ?? 0;
  };
  let test: LabelTest = () => true;
  let condition: Condition | null = null;
  try {
    test = compileMatchers(rule.match);
    condition = rule.condition ? compileCondition(rule.condition) : null;
  } catch (error) {
    const detail = error instanceof Error ? error.message.split('\n')[0]! : 'not valid';
    problems.push({ pointer: pointerTo(index, 'match'), code: 'bad_match', detail });
  }
  return {
    name: rule.name,
    strategy: rule.strategy,
    window_ms: time('window'),
    window_kind: rule.window_kind,
    max_alerts: rule.max_alerts,
    max_lifetime_ms: time('max_lifetime'),
    grace_ms: time('grace'),
    appliesTo: (alert) => test(alert.labels) && (condition === null || holds(condition, alertValues(alert))),
  };
}
