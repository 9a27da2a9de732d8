import { excerpt, pointerTo } from '../../problems';
import { holds, matchersOf, type MatcherFields } from '../routing/route-matchers';
import { textsOf, valuesOf } from '../routing/walk-routes';
import type { StructValues } from '../schema/go-type';
import type { Warning, WarningCheck } from './warning';

const SOURCE: MatcherFields = { equal: 'source_match', patterns: 'source_match_re', matchers: 'source_matchers' };
const TARGET: MatcherFields = { equal: 'target_match', patterns: 'target_match_re', matchers: 'target_matchers' };

/**
 * Labels that are missing on both sides count as equal: one critical alert without `cluster` then hides the warnings of everything
 * else that has none. And a side without matchers is every alert.
 */
export const missingLabels: WarningCheck = (document, minor) =>
  document.list('inhibit_rules').flatMap((item, index) => {
    const rule = valuesOf(item);
    const pointer = pointerTo('inhibit_rules', index);
    return [...openSides(rule, pointer, minor), ...unsureLabels(rule, pointer, minor)];
  });

function unsureLabels(rule: StructValues, pointer: string, minor: number): Warning[] {
  const names = textsOf(rule, 'equal');
  if (names.length === 0) {
    const message = 'names no labels in equal, so that one source alert anywhere hides all targets everywhere';
    return [{ check: 'equal_missing', message, pointer, fix: "equal: ['alertname']" }];
  }
  // Every alert has a name; and a label that one side must have cannot be missing on both.
  const sure = (name: string): boolean =>
    name === 'alertname' || requires(rule, SOURCE, name, minor) || requires(rule, TARGET, name, minor);
  if (names.some(sure)) return [];
  const message = `alerts that have none of ${names.map((name) => excerpt(name)).join(', ')} count as equal, and hide each other`;
  return [
    { check: 'equal_missing', message, pointer: `${pointer}/equal`, fix: `source_matchers: ['${names[0]!}!=""']` },
  ];
}

function requires(rule: StructValues, fields: MatcherFields, name: string, minor: number): boolean {
  return matchersOf(rule, fields, minor).some((matcher) => matcher.name === name && !holds(matcher, ''));
}

function openSides(rule: StructValues, pointer: string, minor: number): Warning[] {
  const open = (['source', 'target'] as const).filter(
    (side) => matchersOf(rule, side === 'source' ? SOURCE : TARGET, minor).length === 0,
  );
  return open.map((side) => ({
    check: 'inhibits_everything',
    message: `has no ${side} matchers, so that every alert is its ${side}`,
    pointer,
  }));
}
