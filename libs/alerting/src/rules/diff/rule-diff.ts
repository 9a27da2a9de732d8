import { parseDuration } from '../../durations';
import { diffExpressions, type ExpressionDiff } from './expression-diff';
import { diffTexts, type TextPart } from './text-diff';

/** One value that came, went or became another. */
export interface ValueDiff {
  /** The name of the field, label, annotation or parameter. */
  key: string;
  /** `formatting`: written in another way, such as `60s` for `1m`. */
  change: 'added' | 'removed' | 'changed' | 'formatting';
  /** Null when there was none. */
  before: unknown;
  after: unknown;
  /** Word by word, when both are texts that hold more than one word. */
  parts?: TextPart[];
}

/** What a cluster is told apart from the rule's own values. */
export interface OverrideDiff {
  target: unknown;
  change: 'added' | 'removed' | 'changed';
  values: ValueDiff[];
}

/** How two versions of a rule differ in what they mean. */
export interface RuleDiff {
  /** `formatting`: Prometheus would see no difference; `none`: there is none at all. */
  change: 'none' | 'formatting' | 'changed';
  expression: ExpressionDiff | null;
  /** Every other single value, durations by what they mean. */
  fields: ValueDiff[];
  labels: ValueDiff[];
  annotations: ValueDiff[];
  parameters: ValueDiff[];
  targets: { added: unknown[]; removed: unknown[] };
  overrides: OverrideDiff[];
}

/** A rule as the API shows it: what is absent is the same as null. */
export type ComparedRule = Readonly<Record<string, unknown>>;

const DURATIONS: ReadonlySet<string> = new Set(['duration', 'keep_firing_for']);
const MAPS = ['labels', 'annotations', 'parameters'] as const;
const APART: ReadonlySet<string> = new Set(['expression', 'targets', 'overrides', ...MAPS]);
/** What differs between any two versions and says nothing about what was written. */
const IDENTITY: ReadonlySet<string> = new Set(['id', 'version', 'created_at', 'updated_at', 'deleted_at']);

export function diffRules(before: ComparedRule, after: ComparedRule): RuleDiff {
  const diff = {
    expression: diffExpressions(textOf(before['expression']), textOf(after['expression'])),
    fields: diffMaps(fieldsOf(before), fieldsOf(after)),
    labels: diffMaps(mapOf(before['labels']), mapOf(after['labels'])),
    annotations: diffMaps(mapOf(before['annotations']), mapOf(after['annotations'])),
    parameters: diffMaps(mapOf(before['parameters']), mapOf(after['parameters'])),
    targets: diffSets(listOf(before['targets']), listOf(after['targets'])),
    overrides: diffOverrides(listOf(before['overrides']), listOf(after['overrides'])),
  };
  const values = [...diff.fields, ...diff.labels, ...diff.annotations, ...diff.parameters];
  const changes = [...values, ...diff.overrides, ...(diff.expression ? [diff.expression] : [])];
  const isRetargeted = diff.targets.added.length + diff.targets.removed.length > 0;
  const isChanged = isRetargeted || changes.some(({ change }) => change !== 'formatting');
  return { change: isChanged ? 'changed' : changes.length > 0 ? 'formatting' : 'none', ...diff };
}

function diffMaps(before: ComparedRule, after: ComparedRule): ValueDiff[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key): ValueDiff[] => {
    const [was, is] = [own(before, key), own(after, key)];
    if (jsonOf(was) === jsonOf(is)) return [];
    if (DURATIONS.has(key) && isSameDuration(was, is)) return [{ key, change: 'formatting', before: was, after: is }];
    const change = was === null ? 'added' : is === null ? 'removed' : 'changed';
    const isText = typeof was === 'string' && typeof is === 'string' && /\s/.test(was + is);
    return [{ key, change, before: was, after: is, ...(isText && { parts: diffTexts(was, is) }) }];
  });
}

/** No duration, `0` and `0s` are one. A parameter in its place is compared as text. */
function isSameDuration(before: unknown, after: unknown): boolean {
  const [was, is] = [before, after].map((value) => (value === null ? 0 : parseDuration(textOf(value))));
  return was !== null && was === is;
}

function diffSets(before: unknown[], after: unknown[]): RuleDiff['targets'] {
  const [was, is] = [new Set(before.map(jsonOf)), new Set(after.map(jsonOf))];
  return {
    added: after.filter((each) => !was.has(jsonOf(each))),
    removed: before.filter((each) => !is.has(jsonOf(each))),
  };
}

function diffOverrides(before: unknown[], after: unknown[]): OverrideDiff[] {
  const [was, is] = [byTarget(before), byTarget(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key): OverrideDiff[] => {
    const [gone, come] = [was.get(key), is.get(key)];
    const values = diffMaps(flat(gone ?? {}), flat(come ?? {}));
    if (gone && come && values.every(({ change }) => change === 'formatting')) return [];
    const change = !gone ? 'added' : !come ? 'removed' : 'changed';
    return [{ target: (come ?? gone)!['target'], change, values }];
  });
}

const byTarget = (overrides: unknown[]): Map<string, ComparedRule> =>
  new Map(overrides.map((override) => [jsonOf(mapOf(override)['target']), mapOf(override)]));

/** The values of an override by their path: `labels/team`. */
function flat(override: ComparedRule): ComparedRule {
  return Object.fromEntries(
    Object.entries(override).flatMap(([name, value]): [string, unknown][] => {
      if (name === 'target') return [];
      return isObject(value) ? Object.entries(value).map(([key, each]) => [`${name}/${key}`, each]) : [[name, value]];
    }),
  );
}

const fieldsOf = (rule: ComparedRule): ComparedRule =>
  Object.fromEntries(Object.entries(rule).filter(([name]) => !APART.has(name) && !IDENTITY.has(name)));
const isObject = (value: unknown): value is ComparedRule =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const mapOf = (value: unknown): ComparedRule => (isObject(value) ? value : {});
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const own = (map: ComparedRule, key: string): unknown => (Object.hasOwn(map, key) ? (map[key] ?? null) : null);

/** JSON with the keys in order. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    isObject(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  );
}
