import { readConfig } from './read-config';
import { loadedFile, proveRules } from './rule-proof';

const PATH = '/etc/prometheus/rules/alertagent.rules.yml';
const T0 = Date.parse('2026-01-01T00:00:10Z');

interface Shown {
  name: string;
  version?: number;
  health?: string;
  lastError?: string;
  lastEvaluation?: string;
}

function shown(rules: Shown[], file = PATH): object {
  return {
    name: 'g',
    file,
    rules: rules.map(
      ({ name, version = 1, health = 'ok', lastError = '', lastEvaluation = '2026-01-01T00:00:11Z' }) => ({
        type: 'alerting',
        name,
        labels: {},
        health,
        lastError,
        lastEvaluation,
        annotations: { alertagent_rule_id: `id-${name}`, alertagent_rule_version: String(version) },
      }),
    ),
  };
}
const answer = (...groups: object[]): string => JSON.stringify({ status: 'success', data: { groups } });
const file = (...names: string[]): ReturnType<typeof readConfig> =>
  readConfig(
    Buffer.from(
      `groups:\n  - name: g\n    rules:\n${names.map((name) => `      - alert: ${name}\n        expr: up\n        annotations: {alertagent_rule_id: id-${name}, alertagent_rule_version: "1"}\n`).join('')}`,
    ),
    'prometheus-rules',
  );
const standings = (names: string[], groups: object[], since: number | null = T0): string[] =>
  proveRules(file(...names), loadedFile(answer(...groups), PATH), since).rules.map((entry) => entry.standing);
const isLoaded = (names: string[], ...groups: object[]): boolean =>
  proveRules(file(...names), loadedFile(answer(...groups), PATH), T0).loaded;

describe('the proof that rules are loaded', () => {
  it('holds for exactly the rules of the file', () => {
    expect(isLoaded(['A', 'B'], shown([{ name: 'A' }, { name: 'B' }]))).toBe(true);
    expect(isLoaded(['A', 'B'], shown([{ name: 'A' }]))).toBe(false);
    expect(isLoaded(['A'], shown([{ name: 'A' }, { name: 'B' }]))).toBe(false);
    expect(isLoaded(['A', 'A'], shown([{ name: 'A' }]))).toBe(false);
  });

  it('does not hold for another version of a rule', () => {
    expect(isLoaded(['A'], shown([{ name: 'A', version: 2 }]))).toBe(false);
  });

  it('ignores rules of other files, and knows ours under another directory', () => {
    expect(isLoaded(['A'], shown([{ name: 'A' }]), shown([{ name: 'X' }], '/etc/prometheus/rules/own.yml'))).toBe(true);
    expect(isLoaded(['A'], shown([{ name: 'A' }], '/mnt/alertagent.rules.yml'))).toBe(true);
    expect(isLoaded(['A'], shown([{ name: 'A' }], '/mnt/not-alertagent.rules.yml'))).toBe(false);
  });

  it('prefers the exact path and refuses to guess between two others', () => {
    expect(isLoaded(['A'], shown([{ name: 'A' }]), shown([{ name: 'X' }], '/b/alertagent.rules.yml'))).toBe(true);
    expect(
      isLoaded(
        ['A'],
        shown([{ name: 'A' }], '/a/alertagent.rules.yml'),
        shown([{ name: 'A' }], '/b/alertagent.rules.yml'),
      ),
    ).toBe(false);
  });

  it('calls a rule live only after an evaluation without error since the reload', () => {
    expect(standings(['A'], [shown([{ name: 'A' }])])).toEqual(['live']);
    expect(standings(['A'], [shown([{ name: 'A', lastEvaluation: '2026-01-01T00:00:09.9Z' }])])).toEqual(['loaded']);
    expect(standings(['A'], [shown([{ name: 'A', health: 'unknown' }])])).toEqual(['loaded']);
    expect(standings(['A'], [shown([{ name: 'A', lastEvaluation: '0001-01-01T00:00:00Z' }])], null)).toEqual([
      'loaded',
    ]);
  });

  it('calls a rule failed for an error since the reload, not for an earlier one', () => {
    const bad = { name: 'A', health: 'err', lastError: 'many-to-many' };
    expect(standings(['A'], [shown([bad])])).toEqual(['failed']);
    expect(standings(['A'], [shown([{ ...bad, lastEvaluation: '2026-01-01T00:00:01Z' }])])).toEqual(['loaded']);
    expect(proveRules(file('A'), loadedFile(answer(shown([bad])), PATH), T0).rules[0]?.reason).toBe('many-to-many');
  });

  it('tells how long evaluation takes and how many alerts fire; both are unknown or none where the target does not say', () => {
    const [said] = [shown([{ name: 'A' }])] as { rules: object[] }[];
    const rule = { ...said?.rules[0], evaluationTime: 0.25 };
    const alerts = [{ state: 'firing' }, { state: 'pending' }, { state: 'firing' }];
    const told = (change: object): object | undefined =>
      proveRules(file('A'), loadedFile(answer({ ...said, rules: [{ ...rule, ...change }] }), PATH), T0).rules[0];
    expect(told({ alerts })).toMatchObject({ evaluationSeconds: 0.25, firing: 2 });
    expect(told({ evaluationTime: undefined })).toMatchObject({
      evaluationSeconds: null,
      firing: 0,
      intervalSeconds: null,
    });
    const every = answer({ ...said, interval: 15, rules: [rule] });
    expect(proveRules(file('A'), loadedFile(every, PATH), T0).rules[0]).toMatchObject({ intervalSeconds: 15 });
  });

  it('calls no recording rule loaded as long as anything else in the file is not', () => {
    const marked = (version: number): ReturnType<typeof readConfig> =>
      readConfig(
        Buffer.from(
          `groups: [{name: g, rules: [{record: a:b, expr: up}, {alert: M, expr: up, annotations: {alertagent_rule_id: m, alertagent_rule_version: '${version}'}}]}]`,
        ),
        'prometheus-rules',
      );
    const rules = [
      { type: 'recording', name: 'a:b', health: 'ok', lastEvaluation: '2026-01-01T00:00:11Z' },
      {
        type: 'alerting',
        name: 'M',
        annotations: { alertagent_rule_id: 'm', alertagent_rule_version: '1' },
        health: 'ok',
        lastEvaluation: '2026-01-01T00:00:11Z',
      },
    ];
    const shown = loadedFile(answer({ name: 'g', file: PATH, rules }), PATH);
    expect(proveRules(marked(1), shown, null).rules.map(({ standing }) => standing)).toEqual(['live', 'live']);
    expect(proveRules(marked(2), shown, null).rules.map(({ standing }) => standing)).toEqual(['missing', 'missing']);
  });

  it('tells recording rules apart by their labels', () => {
    const recorded = readConfig(
      Buffer.from('groups: [{name: g, rules: [{record: a:b, expr: up, labels: {x: 1}}]}]'),
      'prometheus-rules',
    );
    const group = (labels: object): object => ({
      name: 'g',
      file: PATH,
      rules: [{ type: 'recording', name: 'a:b', labels, health: 'ok', lastEvaluation: '2026-01-01T00:00:11Z' }],
    });
    expect(proveRules(recorded, loadedFile(answer(group({ x: '1' })), PATH), null).loaded).toBe(true);
    expect(proveRules(recorded, loadedFile(answer(group({ x: '2' })), PATH), null).loaded).toBe(false);
  });
});
