import { effectiveRule, type FileRule } from '@alertagent/alerting';
import { definitionOf, type RuleContent } from './rule-content';

/** A stored rule as a rule file holds it: parameters filled in, without what differs on some clusters. */
export function fileRuleOf(content: RuleContent): FileRule {
  const { rule } = effectiveRule(definitionOf(content), []);
  const { kind, name, expression, duration, keep_firing_for, severity, labels, annotations } = rule;
  const allLabels = severity ? { ...labels, severity } : labels;
  return {
    ...(kind === 'recording' ? { record: name } : { alert: name }),
    expr: expression,
    ...(duration ? { for: duration } : {}),
    ...(keep_firing_for ? { keep_firing_for } : {}),
    ...(Object.keys(allLabels).length > 0 ? { labels: allLabels } : {}),
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
  };
}
