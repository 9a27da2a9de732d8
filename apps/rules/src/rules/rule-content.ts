import { createHash } from 'node:crypto';
import { validateRule } from '@alertagent/alerting';
import { ServiceError, type ClusterRule, type RuleInput, type RuleTarget, type RuleView } from '@alertagent/contracts';

/** Where rules go that name no group. */
const DEFAULT_GROUP = 'alertagent';

/** What a person can change of a rule, with defaults filled in: two inputs that mean the same are equal. */
export interface RuleContent {
  name: string;
  group: string;
  expression: string;
  duration: string | null;
  keepFiringFor: string | null;
  severity: string | null;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  targets: RuleTarget[];
}

/** The content of an input. Errors: `invalid`, naming every reason why Prometheus would refuse it. */
export function ruleContent(input: RuleInput): RuleContent {
  const content: RuleContent = {
    name: input.name,
    group: input.group ?? DEFAULT_GROUP,
    expression: input.expression,
    duration: input.duration || null,
    keepFiringFor: input.keep_firing_for || null,
    severity: input.severity ?? null,
    labels: sorted(input.labels ?? {}),
    annotations: sorted(input.annotations ?? {}),
    targets: input.targets.map((target) => (typeof target === 'string' ? target : { labels: sorted(target.labels) })),
  };
  const { keepFiringFor, ...rest } = content;
  const problems = validateRule({ ...rest, keep_firing_for: keepFiringFor });
  const [first] = problems;
  if (first)
    throw new ServiceError('invalid', `${first.pointer}: ${first.detail}`.slice(0, 200), {
      errors: problems.slice(0, 100),
    });
  return content;
}

/** What makes a rule unique: the byte-exact pair of group and name. */
export const nameKey = ({ group, name }: Pick<RuleContent, 'group' | 'name'>): string =>
  createHash('sha256')
    .update(JSON.stringify([group, name]))
    .digest('hex');

/** For searching without regard to case, alike on every database. */
export const foldName = (name: string): string => name.toLowerCase();

/** Whether saving `b` over `a` would change nothing. */
export const isSameContent = (a: RuleContent, b: RuleContent): boolean =>
  JSON.stringify(pick(a)) === JSON.stringify(pick(b));

type Versioned = RuleContent & { id: string; version: number };

/** A rule as the API shows it. */
export function ruleView(rule: Versioned & { createdAt: Date; updatedAt: Date }): RuleView {
  const { rule_id, ...content } = clusterRule(rule);
  return {
    id: rule_id,
    ...content,
    targets: rule.targets,
    created_at: rule.createdAt.toISOString(),
    updated_at: rule.updatedAt.toISOString(),
  };
}

/** A rule as the config service renders it. */
export function clusterRule(rule: Versioned): ClusterRule {
  return {
    rule_id: rule.id,
    version: rule.version,
    name: rule.name,
    group: rule.group,
    expression: rule.expression,
    duration: rule.duration,
    keep_firing_for: rule.keepFiringFor,
    severity: rule.severity,
    labels: rule.labels,
    annotations: rule.annotations,
  };
}

function pick(rule: RuleContent): unknown[] {
  const { name, group, expression, duration, keepFiringFor, severity, labels, annotations, targets } = rule;
  return [name, group, expression, duration, keepFiringFor, severity, sorted(labels), sorted(annotations), targets];
}

function sorted(map: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
