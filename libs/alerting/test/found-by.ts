import { grammarOf } from '../src/rules/promql/grammar';
import { validateRuleText } from '../src/rules/validate/validate';

/** Where a check finds something in the rules of one group, as `line:column`; the rules begin on line 5. */
export function foundBy(check: string, rules: string, group = ''): string[] {
  const indented = rules.trimEnd().replace(/^/gm, '  ');
  const file = `groups:\n- name: g\n  ${group === '' ? '# no more of the group' : group}\n  rules:\n${indented}\n`;
  const { valid, problems } = validateRuleText(file, { grammar: grammarOf('2.42.0')!, lint: { severities: {} } });
  if (!valid) throw new Error(`Prometheus would refuse it: ${problems[0]!.message}\n${file}`);
  return problems.filter((problem) => problem.check === check).map(({ line, column }) => `${line}:${column}`);
}
