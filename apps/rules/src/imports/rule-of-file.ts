import { RULE_ID_ANNOTATION, RULE_VERSION_ANNOTATION, type FileRule } from '@alertagent/alerting';
import type { RuleImportOptions, RuleInput, RuleOverride } from '@alertagent/contracts';
import { fileRuleOf } from '../rules/file-rule';
import type { RuleContent } from '../rules/rule-content';

const RUNBOOK = 'runbook_url';
/** What the field `runbook` takes; any other text stays an annotation. */
const PLAIN_URL = /^https?:\/\/[^\s{}]{1,990}$/;

/** Whether Prometheus would read the same from both. */
export const isSameFileRule = (a: FileRule, b: FileRule): boolean =>
  JSON.stringify(facts(a)) === JSON.stringify(facts(b));

/** A rule of a file without what AlertAgent adds to its own. */
export function withoutMarks(rule: FileRule): FileRule {
  if (!rule.annotations) return rule;
  const { [RULE_ID_ANNOTATION]: _id, [RULE_VERSION_ANNOTATION]: _version, ...annotations } = rule.annotations;
  return { ...rule, annotations };
}

/** Where a rule of a file goes. */
export interface RulePlace {
  namespace: string;
  group: string;
  position: number;
}

/**
 * The input that makes a rule be what the file says. What no file can say stays as it is on a rule that is there; so do
 * its parameters, as long as the file holds what they yield.
 */
export function ruleInputFor(
  rule: FileRule,
  place: RulePlace,
  { before, options }: { before: RuleContent | null; options: RuleImportOptions },
): RuleInput {
  const kept = {
    owner: options.owner ?? before?.owner ?? null,
    targets: options.targets ?? before?.targets ?? [],
    description: before?.description ?? null,
    enabled: before?.enabled ?? true,
    ...place,
  };
  if (before && isSameFileRule(rule, fileRuleOf(before))) {
    const { keepFiringFor, ...content } = before;
    return { ...content, keep_firing_for: keepFiringFor, ...kept, overrides: before.overrides.map(withoutPin) };
  }
  const isAlert = rule.record === undefined;
  const { severity, ...otherLabels } = rule.labels ?? {};
  const isSeverity = isAlert && severity !== undefined && severity !== '' && severity.trim() === severity;
  const { [RUNBOOK]: runbook, ...otherAnnotations } = rule.annotations ?? {};
  const isRunbook = isAlert && runbook !== undefined && PLAIN_URL.test(runbook);
  return {
    kind: isAlert ? 'alerting' : 'recording',
    name: rule.alert ?? rule.record ?? '',
    expression: rule.expr,
    duration: rule.for ?? null,
    keep_firing_for: rule.keep_firing_for ?? null,
    severity: isSeverity ? severity : null,
    labels: isSeverity ? otherLabels : (rule.labels ?? {}),
    annotations: isRunbook ? otherAnnotations : (rule.annotations ?? {}),
    runbook: isRunbook ? runbook : null,
    parameters: {},
    overrides: (before?.overrides ?? []).map((override) => ({ ...withoutPin(override), parameters: null })),
    ...kept,
  };
}

const withoutPin = ({ clusterId: _pin, ...override }: RuleOverride & { clusterId?: string }): RuleOverride => override;

function facts(rule: FileRule): unknown[] {
  const { alert, record, expr, for: pending, keep_firing_for, labels, annotations } = rule;
  return [
    alert ?? null,
    record ?? null,
    expr,
    pending || null,
    keep_firing_for || null,
    sorted(labels),
    sorted(annotations),
  ];
}

const sorted = (map: Record<string, string> = {}): [string, string][] =>
  Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
