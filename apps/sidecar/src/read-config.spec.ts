import { readConfig } from './read-config';
import { UnusableConfig } from './unusable-config';

describe('reading a configuration', () => {
  it.each([
    ['nothing', ''],
    ['plain text', 'moved permanently'],
    ['a list', '- a\n- b\n'],
    ['no list of groups', 'groups:\n'],
    ['a key that occurs twice', 'groups: []\ngroups: []\n'],
    ['a second document', 'groups: []\n---\ngroups: []\n'],
    ['a rule without a name', 'groups: [{name: g, rules: [{expr: up}]}]\n'],
    ['a group without a name', 'groups: [{rules: [{alert: A, expr: up}]}]\n'],
  ])('refuses a rule file with %s', (_what, text) => {
    expect(() => readConfig(Buffer.from(text), 'prometheus-rules')).toThrow(UnusableConfig);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(() => readConfig(Buffer.from([0xff, 0xfe, 0x00]), 'prometheus-rules')).toThrow(/UTF-8/);
  });

  it.each(['route: {receiver: a}\n', 'receivers: [{name: a}]\n', 'route:\nreceivers: [{name: a}]\n'])(
    'refuses an Alertmanager configuration without a route or receivers: %j',
    (text) => {
      expect(() => readConfig(Buffer.from(text), 'alertmanager-config')).toThrow(/no route or no receivers/);
    },
  );

  it('lists rules with the identity that AlertAgent gave them', () => {
    const text =
      'groups: [{name: g, rules: [{alert: A, expr: up, annotations: {alertagent_rule_id: i, alertagent_rule_version: "12"}}, {alert: B, expr: up}]}]\n';
    expect(readConfig(Buffer.from(text), 'prometheus-rules')).toMatchObject([
      { group: 'g', name: 'A', ruleId: 'i', ruleVersion: 12 },
      { group: 'g', name: 'B', ruleId: null, ruleVersion: null },
    ]);
  });
});
