import { excerpt, pointerTo } from '../../problems';
import {
  RULE_ID_ANNOTATION,
  RULE_VERSION_ANNOTATION,
  type FileProblem,
  type FileRule,
  type ReadGroup,
  type ReadRule,
} from './rule-file-content';
import { isNothing, type YamlTree } from './yaml-tree';

const GROUP_FIELDS: ReadonlySet<string> = new Set(['name', 'interval', 'query_offset', 'limit', 'labels', 'rules']);
const RULE_FIELDS: ReadonlySet<string> = new Set([
  'alert',
  'record',
  'expr',
  'for',
  'keep_firing_for',
  'labels',
  'annotations',
]);

/** Fields that a custom resource may hold and that only Thanos reads. */
const ONLY_FOR_THANOS: ReadonlySet<string> = new Set(['partial_response_strategy']);

/** More rules than any file of people; aliases could otherwise name the same rules again and again. */
const MOST_RULES = 20_000;

/** Reads the value of `groups`. Problems that are about all of it are added to `problems`. */
export function readGroups(
  tree: YamlTree,
  { path, inResource, problems }: { path: string[]; inResource: boolean; problems: FileProblem[] },
): ReadGroup[] {
  if (isNothing(tree)) return [];
  if (tree.kind !== 'list') {
    problems.push(problem(tree, path, 'bad_shape', '"groups" must be a list'));
    return [];
  }
  let rules = 0;
  const groups: ReadGroup[] = [];
  const names = new Set<string>();
  for (const [index, item] of tree.items.entries()) {
    if (isNothing(item)) continue;
    const group = readGroup(item, [...path, String(index)], inResource);
    rules += group.rules.length;
    if (rules > MOST_RULES) {
      problems.push(problem(item, [...path, String(index)], 'too_many', `more than ${MOST_RULES} rules in one file`));
      return [];
    }
    if (names.has(group.name)) {
      const detail = `the file has a group "${excerpt(group.name)}" already; Prometheus refuses such a file`;
      group.problems.push(problem(item, [...path, String(index), 'name'], 'not_unique', detail));
    }
    names.add(group.name);
    groups.push(group);
  }
  return groups;
}

function readGroup(tree: YamlTree, path: string[], inResource: boolean): ReadGroup {
  const fields = new Fields(tree, path, GROUP_FIELDS, inResource ? ONLY_FOR_THANOS : new Set());
  const group: ReadGroup = {
    name: fields.text('name') ?? '',
    ...defined('interval', fields.text('interval')),
    ...defined('query_offset', fields.text('query_offset')),
    ...defined('limit', fields.wholeNumber('limit')),
    ...defined('labels', fields.texts('labels')),
    rules: fields
      .list('rules')
      .flatMap((item, index) => (isNothing(item) ? [] : [readRule(item, [...path, 'rules', String(index)])])),
    pointer: pointerTo(...path),
    place: tree.place,
    problems: fields.problems,
  };
  if (group.name === '') fields.fault(['name'], 'required', 'a group needs a name');
  return group;
}

function readRule(tree: YamlTree, path: string[]): ReadRule {
  const fields = new Fields(tree, path, RULE_FIELDS, new Set());
  const [alert, record] = [fields.text('alert') || undefined, fields.text('record') || undefined];
  const rule: FileRule = {
    ...defined('alert', alert),
    ...defined('record', record),
    expr: fields.text('expr') ?? '',
    ...defined('for', fields.text('for')),
    ...defined('keep_firing_for', fields.text('keep_firing_for')),
    ...defined('labels', fields.texts('labels')),
    ...defined('annotations', fields.texts('annotations')),
  };
  checkShape(rule, fields);
  return { rule, pointer: pointerTo(...path), place: tree.place, problems: fields.problems, managed: managedBy(rule) };
}

/** What Prometheus demands of a rule before it looks at its expression. */
function checkShape(rule: FileRule, fields: Fields): void {
  if (fields.problems.length > 0) return;
  if (rule.alert === undefined && rule.record === undefined) {
    fields.fault([], 'required', 'one of "alert" and "record" must be set');
  }
  if (rule.alert !== undefined && rule.record !== undefined) {
    fields.fault(['record'], 'bad_shape', 'only one of "alert" and "record" may be set');
  }
  if (rule.expr === '') fields.fault(['expr'], 'required', '"expr" must be set');
  if (rule.record === undefined) return;
  for (const name of ['for', 'keep_firing_for', 'annotations'] as const) {
    const value = rule[name];
    // Prometheus takes an empty map and a duration of nothing.
    const isEmpty = typeof value === 'object' ? Object.keys(value).length === 0 : /^0[a-z]*$/.test(value ?? '0');
    if (!isEmpty) fields.fault([name], 'bad_shape', `a recording rule has no "${name}"`);
    else delete rule[name];
  }
}

/** The rule of AlertAgent that a file's rule was rendered from, by its annotations. */
export function managedBy(rule: FileRule): ReadRule['managed'] {
  const ruleId = rule.annotations?.[RULE_ID_ANNOTATION];
  const version = Number(rule.annotations?.[RULE_VERSION_ANNOTATION]);
  return ruleId && Number.isSafeInteger(version) ? { rule_id: ruleId, version } : null;
}

/** Reads the fields of one mapping, and collects what is wrong with them. */
class Fields {
  readonly problems: FileProblem[] = [];
  private readonly values = new Map<string, YamlTree>();

  constructor(
    private readonly tree: YamlTree,
    private readonly path: string[],
    known: ReadonlySet<string>,
    ignored: ReadonlySet<string>,
  ) {
    if (tree.kind !== 'map') {
      if (!isNothing(tree)) this.fault([], 'bad_shape', 'must be a mapping');
      return;
    }
    for (const { key, keyPlace, value } of tree.entries) {
      if (known.has(key)) this.values.set(key, value);
      else if (ignored.has(key)) {
        const detail = `"${key}" is left out: Prometheus does not read it`;
        this.problems.push({ ...problem(tree, [...path, key], 'left_out', detail), severity: 'warning' });
      } else {
        const detail = `there is no field "${excerpt(key)}"; Prometheus refuses a file that has it`;
        this.problems.push({ ...problem(tree, [...path, key], 'unknown_field', detail), place: keyPlace });
      }
    }
  }

  text(name: string): string | undefined {
    const value = this.present(name);
    if (!value) return undefined;
    if (value.kind === 'text') return value.text;
    this.fault([name], 'bad_shape', `"${name}" must be a text`);
    return undefined;
  }

  wholeNumber(name: string): number | undefined {
    const value = this.present(name);
    if (!value) return undefined;
    if (value.kind === 'text' && value.whole !== null && Number.isSafeInteger(value.whole)) return value.whole;
    this.fault([name], 'bad_shape', `"${name}" must be a whole number`);
    return undefined;
  }

  texts(name: string): Record<string, string> | undefined {
    const value = this.present(name);
    if (!value) return undefined;
    if (value.kind !== 'map') {
      this.fault([name], 'bad_shape', `"${name}" must be a mapping of names to texts`);
      return undefined;
    }
    const entries: [string, string][] = [];
    for (const { key, value: text } of value.entries) {
      if (text.kind === 'text') entries.push([key, text.isNull ? '' : text.text]);
      else this.fault([name, key], 'bad_shape', `"${name}" must be a mapping of names to texts`);
    }
    // Defines properties, so that a name such as __proto__ stays data.
    return Object.fromEntries(entries);
  }

  list(name: string): YamlTree[] {
    const value = this.present(name);
    if (!value) return [];
    if (value.kind === 'list') return value.items;
    this.fault([name], 'bad_shape', `"${name}" must be a list`);
    return [];
  }

  fault(path: string[], code: string, detail: string): void {
    const at = (path[0] !== undefined && this.values.get(path[0])) || this.tree;
    this.problems.push(problem(at, [...this.path, ...path], code, detail));
  }

  private present(name: string): YamlTree | null {
    const value = this.values.get(name);
    return value && !isNothing(value) ? value : null;
  }
}

function problem(tree: YamlTree, path: string[], code: string, detail: string): FileProblem {
  return { severity: 'error', code, detail, pointer: pointerTo(...path), place: tree.place };
}

function defined<Name extends string, Value>(name: Name, value: Value | undefined): { [K in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [K in Name]: Value });
}
