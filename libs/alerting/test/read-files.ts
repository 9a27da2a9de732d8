import { readRuleFiles } from '../src/rules/files/read-rule-files';
import type { FileGroup, ReadGroup, ReadRuleFile } from '../src/rules/files/rule-file-content';

/** The only file that a text holds. */
export const only = (text: string): ReadRuleFile => {
  const files = readRuleFiles(text);
  expect(files).toHaveLength(1);
  return files[0]!;
};

/** The groups as they went in, without places and problems. */
export const contents = (groups: readonly ReadGroup[]): FileGroup[] =>
  groups.map(({ pointer: _pointer, place: _place, problems: _problems, rules, ...group }) => ({
    ...group,
    rules: rules.map(({ rule }) => rule),
  }));

/** Everything that is wrong with a file, its groups and its rules. */
export const faults = (file: ReadRuleFile) =>
  [file, ...file.groups, ...file.groups.flatMap(({ rules }) => rules)].flatMap(({ problems }) =>
    problems.map(({ code, pointer, place, severity }) => [severity, code, pointer, place?.line]),
  );
