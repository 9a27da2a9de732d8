import { excerpt } from '../../problems';
import type { Grammar } from '../promql/grammar';
import {
  checkRuleContent,
  durationProblems,
  isLabelName,
  type CheckedRule,
  type RuleContentToCheck,
} from './check-rule-content';
import { problemIn, type RuleProblem } from './problem';
import { readRuleFileText, type ReadGroup } from './rule-file-reader';

/** A rule of a file together with its group and what its check found. */
export interface CheckedFileRule {
  group: ReadGroup;
  rule: RuleContentToCheck;
  checked: CheckedRule;
}

/** A file with everything for which Prometheus would refuse it, and its rules as far as they could be read. */
export interface CheckedRuleFile {
  problems: RuleProblem[];
  rules: CheckedFileRule[];
}

/** Checks a whole rule file in YAML as Prometheus does when it loads it. */
export function checkRuleFile(text: string, grammar: Grammar): CheckedRuleFile {
  const { groups, problems } = readRuleFileText(text, grammar);
  const names = new Set<string>();
  const rules: CheckedFileRule[] = [];
  for (const group of groups) {
    const name = group.name?.text ?? '';
    const placed = group.name ?? group.self;
    const report = (check: string, message: string): void => {
      problems.push(problemIn(placed, 0, { check, message }));
    };
    if (name === '') report('group/name', 'a group needs a name');
    else if (names.has(name)) report('group/name', `there is another group called "${excerpt(name)}" in this file`);
    names.add(name);
    problems.push(...durationProblems(group.interval), ...durationProblems(group.queryOffset));
    for (const label of group.labels) {
      if (isLabelName(label.name.text, grammar) && label.name.text !== '__name__') continue;
      const message = `"${excerpt(label.name.text)}" cannot be the name of a label`;
      problems.push(problemIn(label.name, 0, { check: 'rule/label-name', message }));
    }
    for (const rule of group.rules) {
      const checked = checkRuleContent(rule, grammar);
      problems.push(...checked.problems);
      rules.push({ group, rule, checked });
    }
  }
  return { problems: inOrder(problems), rules };
}

function inOrder(problems: RuleProblem[]): RuleProblem[] {
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}
