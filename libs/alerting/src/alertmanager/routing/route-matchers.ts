import { compileLabelPattern } from '../../policy/label-pattern';
import type { ParsedMatcher } from '../../policy/parsed-matcher';
import { readMatchers } from '../schema/matchers';
import type { StructValues } from '../schema/go-type';
import { textsOf } from './walk-routes';

/** The fields that hold matchers in three notations. */
export interface MatcherFields {
  equal: string;
  patterns: string;
  matchers: string;
}

/** Those of a route. */
export const ROUTE_FIELDS: MatcherFields = { equal: 'match', patterns: 'match_re', matchers: 'matchers' };

/** All matchers of a node, whatever notation they are written in. */
export function matchersOf(node: StructValues, fields: MatcherFields, minor: number): ParsedMatcher[] {
  const entries = (name: string, operator: ParsedMatcher['operator']): ParsedMatcher[] =>
    Object.entries(node.record(name)).map(([label, value]) => ({
      name: label,
      operator,
      value: typeof value === 'string' ? value : '',
    }));
  return [
    ...entries(fields.equal, '='),
    ...entries(fields.patterns, '=~'),
    ...textsOf(node, fields.matchers).flatMap((text) => readMatchers(text, minor)),
  ];
}

/** Whether a matcher holds for the value of its label, which is "" when the label is absent. Throws for patterns that are too large. */
export function holds({ operator, value: expected }: ParsedMatcher, value: string): boolean {
  if (operator === '=') return value === expected;
  if (operator === '!=') return value !== expected;
  return compileLabelPattern(expected)(value) === (operator === '=~');
}

/** Whether all of them hold for a set of labels. */
export function allHold(matchers: readonly ParsedMatcher[], labels: Readonly<Record<string, string>>): boolean {
  return matchers.every((matcher) => holds(matcher, Object.hasOwn(labels, matcher.name) ? labels[matcher.name]! : ''));
}
