import { defaultPolicy } from '../policy/default-policy';
import type { ConvergenceRule } from '../policy/policy-document';
import { normaliseAlert } from '../webhook/normalised-alert';
import { compileConvergence, groupingOf } from './convergence-rules';

const [rule] = defaultPolicy({
  convergence: { enabled: true, group_by: ['alertname'], window: '5m', max_alerts: 10 },
  routing: { default_workflow: 'default', rules: [] },
}).convergence as [ConvergenceRule];

const problemsOf = (...rules: ConvergenceRule[]): string[] =>
  compileConvergence(rules).problems.map(({ pointer, code }) => `${pointer} ${code}`);

it.each([
  ['a bad window', [{ ...rule, window: '5 minutes' }], ['/0/window bad_duration']],
  ['a bad lifetime', [{ ...rule, max_lifetime: '' }], ['/0/max_lifetime bad_duration']],
  ['a bad matcher', [{ ...rule, name: 'a', match: ['severity'] }, rule], ['/0/match bad_match']],
  ['a bad condition', [{ ...rule, name: 'a', condition: 'labels.x ==' }, rule], ['/0/match bad_match']],
  ['no rule for the rest', [{ ...rule, match: ['a="b"'] }], ['/0 no_default']],
  ['no rule at all', [], ['/0 no_default']],
  ['two rules of one name', [{ ...rule, match: ['a="b"'] }, rule], ['/1/name duplicate_name']],
])('%s is reported where it is', (_, rules, problems) => {
  expect(problemsOf(...rules)).toEqual(problems);
});

it('the first rule that applies decides', () => {
  const { value } = compileConvergence([
    { ...rule, name: 'pages', match: ['severity=~"critical|page"'] },
    { ...rule, name: 'tests', match: [], condition: "labels.env == 'test'" },
    rule,
  ]);
  const ruleFor = (labels: Record<string, string>): string =>
    groupingOf(value, normaliseAlert({ status: 'firing', labels, startsAt: '2030-01-01T00:00:00Z' }, 'c1')).rule.name;
  expect(ruleFor({ severity: 'page', env: 'test' })).toBe('pages');
  expect(ruleFor({ env: 'test' })).toBe('tests');
  expect(ruleFor({ alertname: 'A' })).toBe('default');
});
