import { checkAlertmanagerConfig } from '../check-alertmanager-config';

const warnings = (text: string): string[] => {
  const { valid, problems } = checkAlertmanagerConfig(text, { version: '0.28.1' });
  expect(valid).toBe(true);
  return problems.map(({ check, pointer }) => `${check} ${pointer}`);
};
const hook = 'webhook_configs: [{url: "http://x/"}]';
const receivers = (...names: string[]): string =>
  `receivers: [${names.map((name) => `{name: ${name}, ${hook}}`).join(', ')}]\n`;
const rule = (fields: string): string[] =>
  warnings(`route: {receiver: a}\n${receivers('a')}inhibit_rules: [{${fields}}]\n`);
const routes = (list: string, ...names: string[]): string[] =>
  warnings(`route: {receiver: a, routes: [${list}]}\n${receivers('a', ...names)}`);

it('a configuration without traps has no warnings', () => {
  expect(routes('{receiver: b, matchers: [c="d"]}', 'b')).toEqual([]);
});

it('a list that a template printed is one label that no alert has, in routes and rules', () => {
  expect(warnings(`route: {receiver: a, group_by: [b c]}\n${receivers('a')}`)).toEqual([
    'printed_list /route/group_by/0',
  ]);
  expect(rule('source_matchers: [b="c"], target_matchers: [d="e"], equal: [alertname, f g]')).toEqual([
    'printed_list /inhibit_rules/0/equal/1',
  ]);
});

describe('labels that are missing on both sides count as equal:', () => {
  const sides = 'source_matchers: [b="c"], target_matchers: [d="e"]';
  it.each([
    [
      'labels that nothing requires are warned of',
      `${sides}, equal: [cluster, service]`,
      ['equal_missing /inhibit_rules/0/equal'],
    ],
    ['none at all are as well', sides, ['equal_missing /inhibit_rules/0']],
    ['the name of the alert is always there', `${sides}, equal: [cluster, alertname]`, []],
    ['a label that the source must have is', 'source_matchers: [b="c"], target_matchers: [d="e"], equal: [b]', []],
    ['a label that the target must have is', `source_matchers: [b="c"], target_matchers: ['d!=""'], equal: [d]`, []],
    [
      'a matcher that holds for absent labels requires none',
      `source_matchers: ['b!="c"'], target_matchers: [d="e"], equal: [b]`,
      ['equal_missing /inhibit_rules/0/equal'],
    ],
    [
      'a side without matchers is every alert',
      'source_matchers: [b="c"], equal: [alertname]',
      ['inhibits_everything /inhibit_rules/0'],
    ],
  ])('%s', (_what, fields, expected) => {
    expect(rule(fields)).toEqual(expected);
  });
});

it('a receiver that cannot notify is a black hole, unless its name says that it is meant to be one', () => {
  expect(warnings('route: {receiver: a}\nreceivers: [{name: a}]')).toEqual(['black_hole /receivers/0']);
  expect(warnings('route: {receiver: "null"}\nreceivers: [{name: "null"}]')).toEqual([]);
});

it('a receiver that no route leads to is reported', () => {
  expect(warnings(`route: {receiver: a}\n${receivers('a', 'b')}`)).toEqual(['unused_receiver /receivers/1']);
});

describe('a route that takes everything', () => {
  it.each([
    ['hides the receiver above it', '{receiver: b}', ['hidden_default /route/routes/0']],
    ['hides it with continue as well', '{receiver: b, continue: true}', ['hidden_default /route/routes/0']],
    [
      'hides the routes after it',
      `{receiver: b, matchers: ['c=~".*"']}, {receiver: a, matchers: [d="e"]}`,
      ['unreachable_route /route/routes/1'],
    ],
    ['hides nothing when another leads to the receiver above', '{receiver: b, continue: true}, {receiver: a}', []],
  ])('%s', (_what, list, expected) => {
    expect(routes(list, 'b')).toEqual(expected);
  });
});

it('outdated fields are named with what replaced them', () => {
  expect(routes('{receiver: a, match: {b: c}, match_re: {d: e}}')).toEqual([
    'outdated_field /route/routes/0/match',
    'outdated_field /route/routes/0/match_re',
  ]);
  expect(rule('source_match: {b: c}, target_match_re: {d: e}, equal: [b]')).toEqual([
    'outdated_field /inhibit_rules/0/source_match',
    'outdated_field /inhibit_rules/0/target_match_re',
  ]);
});

it('the local time zone is that of whatever machine Alertmanager runs on', () => {
  const text = `route: {receiver: a}\n${receivers('a')}time_intervals: [{name: x, time_intervals: [{location: Local}]}]\n`;
  expect(warnings(text)).toEqual(['local_time /time_intervals/0/time_intervals/0/location']);
});
