/** A rule as its tests see it: without the annotations that AlertAgent adds when it distributes a rule. */
export interface TestedRule {
  kind: 'alerting' | 'recording';
  name: string;
  group: string;
  expression: string;
  duration: string | null;
  keepFiringFor: string | null;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}

/** The rule file that tests are run on; rules stay in the order in which they come. JSON, which is YAML too. */
export function renderTestedRules(rules: readonly TestedRule[]): string {
  const groups = new Map<string, object[]>();
  for (const rule of rules) {
    const group = groups.get(rule.group);
    if (group) group.push(entryOf(rule));
    else groups.set(rule.group, [entryOf(rule)]);
  }
  return JSON.stringify({ groups: [...groups].map(([name, entries]) => ({ name, rules: entries })) });
}

function entryOf(rule: TestedRule): object {
  const { kind, name, expression, duration, keepFiringFor, labels, annotations } = rule;
  const hasLabels = Object.keys(labels).length > 0;
  if (kind === 'recording') return { record: name, expr: expression, ...(hasLabels ? { labels } : {}) };
  return {
    alert: name,
    expr: expression,
    ...(duration === null ? {} : { for: duration }),
    ...(keepFiringFor === null ? {} : { keep_firing_for: keepFiringFor }),
    ...(hasLabels ? { labels } : {}),
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
  };
}
