import {
  isRefused,
  MARKER_RULE_ID,
  readRuleSources,
  type FileGroup,
  type FileProblem,
  type FileRule,
  type NamedRuleFile,
  type ReadGroup,
  type RuleSource,
} from '@alertagent/alerting';
import type { RuleImportProblem } from '@alertagent/contracts';

/** One rule to be taken in, or something that can not be. */
export interface ImportItem {
  /** Its place among all of the import, from 1 on; the same whenever the same texts are read. */
  seq: number;
  /** Null when it is refused as it was read, and for a file or group as a whole. */
  rule: FileRule | null;
  name: string;
  kind: 'alerting' | 'recording' | null;
  path: string | null;
  line: number | null;
  /** Of the rule, inside its document. */
  pointer: string;
  problems: RuleImportProblem[];
  /** The rule of AlertAgent that was rendered there. */
  managedId: string | null;
}

/** A group to be taken in, with its rules in their order. */
export interface ImportGroup {
  namespace: string;
  name: string;
  /** Null when nothing of it can be taken. */
  settings: Omit<FileGroup, 'name' | 'rules'> | null;
  items: ImportItem[];
  /** AlertAgent rendered the file that it is in. */
  isRendered: boolean;
}

/** Reads everything that was sent. The same texts always give the same groups. */
export function readImportGroups(sources: readonly RuleSource[], namespace: string | null): ImportGroup[] {
  const numbering = { next: 1 };
  return readRuleSources(sources, namespace).flatMap((file) => groupsOf(file, numbering));
}

function groupsOf(file: NamedRuleFile, numbering: { next: number }): ImportGroup[] {
  const errors = file.problems.filter(({ severity }) => severity === 'error').map(problemOf);
  const warnings = file.problems.filter(({ severity }) => severity === 'warning').map(problemOf);
  const isRendered = file.groups.some(({ rules }) => rules.some(({ managed }) => managed?.rule_id === MARKER_RULE_ID));
  const groups = file.groups.map((group) => ({ ...groupOf(file, group, { errors, numbering }), isRendered }));
  const [first] = groups.flatMap(({ items }) => items);
  if (first) first.problems.push(...warnings);
  if (first || file.problems.length === 0) return groups;
  // Nothing else would tell of it.
  const item = wholeItem(file, [...errors, ...warnings], numbering);
  return [...groups, { namespace: file.namespace, name: '', settings: null, items: [item], isRendered }];
}

function groupOf(
  file: NamedRuleFile,
  group: ReadGroup,
  { errors, numbering }: { errors: RuleImportProblem[]; numbering: { next: number } },
): Omit<ImportGroup, 'isRendered'> {
  const { name, rules, pointer: _pointer, place: _place, problems, ...settings } = group;
  const isTaken = errors.length === 0 && !isRefused(group);
  const shared = [...errors, ...problems.filter(({ severity }) => severity === 'error').map(problemOf)];
  const warnings = problems.filter(({ severity }) => severity === 'warning').map(problemOf);
  const items = rules.map((read): ImportItem => {
    const { rule } = read;
    return {
      seq: numbering.next++,
      rule: isTaken && !isRefused(read) ? rule : null,
      name: rule.alert ?? rule.record ?? '',
      kind: rule.record === undefined ? (rule.alert === undefined ? null : 'alerting') : 'recording',
      path: file.path,
      line: read.place?.line ?? null,
      pointer: read.pointer,
      problems: [...shared, ...read.problems.map(problemOf)],
      managedId: read.managed?.rule_id ?? null,
    };
  });
  if (items.length === 0 && problems.length > 0) items.push(wholeItem(file, [...shared, ...warnings], numbering));
  else items[0]?.problems.push(...warnings);
  return { namespace: file.namespace, name, settings: isTaken ? settings : null, items };
}

const wholeItem = (file: NamedRuleFile, problems: RuleImportProblem[], numbering: { next: number }): ImportItem => ({
  seq: numbering.next++,
  rule: null,
  name: '',
  kind: null,
  path: file.path,
  line: problems[0]?.line ?? null,
  pointer: problems[0]?.pointer ?? '',
  problems,
  managedId: null,
});

const problemOf = ({ severity, code, detail, pointer, place }: FileProblem): RuleImportProblem => ({
  severity,
  code,
  message: detail,
  pointer,
  line: place?.line ?? null,
  column: place?.column ?? null,
});
