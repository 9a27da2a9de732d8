import { excerpt } from '../problems';
import { checkExpression } from './promql';
import { grammarOf } from './promql/grammar';

/** The program that is to load a rule. */
export interface RuleLoader {
  /** Null when that is not known. */
  program: 'prometheus' | 'vmalert' | null;
  /** As the program tells it, such as `2.42.0` or `v1.145.0`; null when that is not known. */
  version: string | null;
}

/** The part of a rule that not every version can load. */
export interface GatedRule {
  kind: 'alerting' | 'recording';
  name: string;
  keep_firing_for?: string | null;
  /** PromQL; each version knows more of it. */
  expression?: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}

/** The part of a rule's group that not every version can load. */
export interface GatedGroup {
  limit: number | null | undefined;
  query_offset: string | null | undefined;
  labels: Readonly<Record<string, string>>;
}

const CLASSIC_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const CLASSIC_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** A feature, in words, and the first Prometheus and vmalert that have it; null for never. */
interface Gate {
  feature: string;
  prometheus: readonly [number, number];
  vmalert: readonly [number, number] | null;
}

/**
 * Why this program cannot load the rule, in words; null when it can, or when nobody knows what program it is: then the read-back
 * will tell. One such rule would make the program refuse the whole file.
 */
export function versionGate(rule: GatedRule, group: GatedGroup, loader: RuleLoader): string | null {
  const { program, version } = loader;
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  if (program === null || major === undefined || minor === undefined) return null;
  const own = [Number(major), Number(minor)] as const;
  for (const gate of gatesOf(rule, group)) {
    const since = gate[program];
    if (since === null) return `${gate.feature}, which vmalert does not know`;
    if (own[0] > since[0] || (own[0] === since[0] && own[1] >= since[1])) continue;
    return `${gate.feature}, which needs ${program} ${since.join('.')} or later; it runs ${version}`;
  }
  return program === 'prometheus' ? expressionGate(rule.expression, version) : null;
}

/** MetricsQL is not PromQL of any version, so vmalert is not judged. */
function expressionGate(expression: string | undefined, version: string | null): string | null {
  const grammar = version === null ? null : grammarOf(version);
  if (!grammar || expression === undefined) return null;
  const [fault] = checkExpression(expression, grammar).faults;
  return fault ? `the expression: ${fault.detail}; it runs ${version}` : null;
}

function* gatesOf(rule: GatedRule, group: GatedGroup): Generator<Gate> {
  if (group.limit) yield { feature: 'the group has a limit', prometheus: [2, 31], vmalert: [1, 75] };
  if (rule.keep_firing_for) yield { feature: 'the rule has keep_firing_for', prometheus: [2, 42], vmalert: [1, 92] };
  if (group.query_offset) yield { feature: 'the group has a query_offset', prometheus: [2, 53], vmalert: null };
  if (Object.keys(group.labels).length > 0)
    yield { feature: 'the group has labels', prometheus: [3, 0], vmalert: [1, 61] };
  const names = [rule.labels, rule.annotations, group.labels].flatMap((map) => Object.keys(map));
  const odd =
    names.find((name) => !CLASSIC_LABEL.test(name)) ??
    (rule.kind === 'recording' && !CLASSIC_METRIC.test(rule.name) ? rule.name : undefined);
  if (odd !== undefined) yield { feature: `the name "${excerpt(odd)}"`, prometheus: [3, 0], vmalert: [1, 0] };
}
