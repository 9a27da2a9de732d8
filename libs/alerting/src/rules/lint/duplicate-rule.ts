import { createHash } from 'node:crypto';
import type { RulesCheck } from './check';
import type { RuleSubject } from './subject';

/** The same rule twice: Prometheus evaluates both and sends one alert for the other, vmalert refuses the file. */
export const duplicateRule: RulesCheck = {
  name: 'duplicate-rule',
  severity: 'warning',
  findAmong(rules) {
    const first = new Map<string, RuleSubject>();
    return rules.flatMap((rule) => {
      const key = identityOf(rule);
      const other = first.get(key);
      if (!other) {
        first.set(key, rule);
        return [];
      }
      const { line } = other.name.place(0);
      const where = other.group === rule.group ? `on line ${line}` : `of group "${other.group}" on line ${line}`;
      const message = `is the same as the rule ${where}: same name, labels and expression`;
      return [{ rule, message, text: rule.name, at: 0 }];
    });
  },
};

function identityOf({ kind, name, expression, labels }: RuleSubject): string {
  const pairs = labels.map((pair) => [pair.name.text, pair.value.text]).sort();
  const text = JSON.stringify([kind, name.text, expression.text.replace(/\s+/g, ' ').trim(), pairs]);
  return createHash('sha256').update(text).digest('hex');
}
