import type { RuleEvaluator } from './alert-states';
import { expandTemplate, isExpandable, isPlain } from './expand-template';

/** What gives a rule's alerts their labels. */
export interface AlertLabelling {
  evaluator: RuleEvaluator;
  name: string;
  /** The name of the group: vmalert labels alerts with it. */
  group: string;
  /** The rule's own labels, which may be templates. */
  labels: Readonly<Record<string, string>>;
  externalLabels: Readonly<Record<string, string>>;
}

/** Whether a series always gives the same alert, whatever its value. */
export const isLabelledByValue = ({ labels }: Pick<AlertLabelling, 'labels'>): boolean =>
  Object.values(labels).some((text) => !isPlain(text) && isExpandable(text) && /(?:\$value|\.Value)\b/.test(text));

/** Names of labels whose templates are too much for us: they are taken as written. */
export const unexpandedLabels = ({ labels }: Pick<AlertLabelling, 'labels'>): string[] =>
  Object.keys(labels).filter((name) => !isExpandable(labels[name]!));

/** The labels of the alert that a result of the expression becomes. A label that comes out empty is left out. */
export function alertLabels(
  rule: AlertLabelling,
  series: Readonly<Record<string, string>>,
  value: string,
): Record<string, string> {
  const { __name__: _, ...rest } = series;
  const labels: Record<string, string> = { ...rest };
  const data = { labels: series, externalLabels: rule.externalLabels, value };
  const set = (name: string, text: string): void => {
    // vmalert keeps what the rule overrides under another name.
    const old = rest[name];
    if (rule.evaluator === 'vmalert' && old !== undefined && old !== text) labels[`exported_${name}`] = old;
    if (text === '') delete labels[name];
    else labels[name] = text;
  };
  for (const [name, template] of Object.entries(rule.labels)) set(name, expandTemplate(template, data));
  set('alertname', rule.name);
  if (rule.evaluator === 'vmalert') set('alertgroup', rule.group);
  return labels;
}

/** Equal for equal label sets only. */
export const labelKey = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
