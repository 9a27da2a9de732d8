import { subjectsIn, type RuleSubject, type ToValidate, type ValidationOptions } from '@alertagent/alerting';
import type { RuleTarget } from '@alertagent/contracts';
import { selects } from '../rules/rule-targets';

/** The part of a cluster that decides which overrides of a rule apply there. */
export interface TargetSite {
  id: string;
  name: string;
  labels: Record<string, string>;
}

/** What a cluster would load of something that nobody has saved. */
export interface RulesOnTarget {
  subjects: RuleSubject[];
  /** Why there is nothing to ask about: an override withdraws the rule there, or Prometheus would refuse it as it is there. */
  nothing: 'disabled' | 'refused' | null;
}

/** Applies the overrides of a rule as they apply on the cluster; expressions and files have none. */
export function rulesOnTarget(
  subject: ToValidate,
  site: TargetSite,
  grammar: ValidationOptions['grammar'],
): RulesOnTarget {
  if (!('rule' in subject)) return { subjects: subjectsIn(subject, grammar), nothing: null };
  const applied = overridesIn(subject.rule).filter(({ target }) => isFor(target, site));
  const parameters = applied.reduce(
    (values, override) => ({ ...values, ...mapIn(override.parameters) }),
    mapIn(subject.rule.parameters),
  );
  const subjects = subjectsIn({ rule: { ...subject.rule, parameters } }, grammar);
  // A rule that is disabled everywhere is a draft: what it would find is what its author wants to know.
  const said = applied.map(({ enabled }) => enabled).filter((enabled) => typeof enabled === 'boolean');
  if (said.at(-1) === false) return { subjects, nothing: 'disabled' };
  return { subjects, nothing: subjects.length === 0 ? 'refused' : null };
}

/** Nothing has checked the document: what is no override is none. */
function overridesIn({ overrides }: Readonly<Record<string, unknown>>): Record<string, unknown>[] {
  if (!Array.isArray(overrides)) return [];
  return overrides.filter((each): each is Record<string, unknown> => typeof each === 'object' && each !== null);
}

function isFor(target: unknown, { id, name, labels }: TargetSite): boolean {
  if (typeof target === 'string') return target === id || target === name;
  const { labels: wanted } = (target ?? {}) as { labels?: unknown };
  return typeof wanted === 'object' && wanted !== null && selects([target as RuleTarget], labels);
}

const mapIn = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
