import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { grammarOf } from '../promql/grammar';
import { validateRuleDocument, validateRuleText } from '../validate/validate';
import { LINT_CHECKS } from './checks';

const grammar = grammarOf('2.42.0')!;
const PAGES = join(__dirname, '../../../../../docs/rules/checks');

it('each check has a file, a test and a page of its name, and no page is about a check that is gone', () => {
  expect(LINT_CHECKS.length).toBeGreaterThanOrEqual(20);
  for (const name of LINT_CHECKS) {
    for (const file of [join(__dirname, `${name}.ts`), join(__dirname, `${name}.spec.ts`), join(PAGES, `${name}.md`)]) {
      expect([file, existsSync(file)]).toEqual([file, true]);
    }
  }
  const pages = readdirSync(PAGES).map((file) => file.replace('.md', ''));
  expect(pages.filter((page) => !LINT_CHECKS.includes(page))).toEqual(['template-beyond-alert']);
});

const found = (annotations: Record<string, string>, expression = 'up == 0') =>
  validateRuleDocument({ name: 'A', expression, annotations }, { grammar, lint: { severities: {} } }).problems;

it('a rule leaves a check out with a reason, and that is still told', () => {
  const problems = found({ summary: 'x', suppress_checks: 'missing-for: fires at once; missing-runbook: none' });
  expect(problems).toMatchObject([
    { check: 'missing-for', severity: 'info', message: expect.stringMatching(/^suppressed \(fires at once\): /) },
    { check: 'missing-runbook', severity: 'info' },
    { check: 'missing-severity', severity: 'info', message: expect.not.stringContaining('suppressed') },
  ]);
});

it('without a reason nothing is left out', () => {
  const [problem] = found({ summary: 'x', suppress_checks: 'missing-for:' });
  expect(problem).toMatchObject({ check: 'missing-for', severity: 'warning' });
});

it('a comment in the expression leaves a check out as well', () => {
  const expression = '# suppress selector-without-name: few targets\n{job="a"}';
  const rule = { kind: 'recording', name: 'a', expression };
  const { problems } = validateRuleDocument(rule, { grammar, lint: { severities: {} } });
  expect(problems).toMatchObject([{ check: 'selector-without-name', severity: 'info', line: 2, column: 1 }]);
});

it('severities are as configured, and a check that is off finds nothing', () => {
  const severities = { 'missing-for': 'error', 'missing-summary': 'off' } as const;
  const file = 'groups:\n- name: g\n  rules:\n  - {alert: A, expr: up == 0}\n';
  const { valid, problems } = validateRuleText(file, { grammar, lint: { severities } });
  expect(valid).toBe(true);
  expect(problems).toContainEqual(expect.objectContaining({ check: 'missing-for', severity: 'error' }));
  expect(problems.map(({ check }) => check)).not.toContain('missing-summary');
});

it('a rule that Prometheus refuses is not looked at for habits', () => {
  const { problems } = validateRuleDocument({ name: 'A', expression: 'up ==' }, { grammar, lint: { severities: {} } });
  expect(problems.map(({ check }) => check)).toEqual(['promql/syntax']);
});
