import { diffRules } from './rule-diff';

const RULE = {
  id: 'a',
  version: 1,
  name: 'DiskFull',
  expression: 'free / size < 0.1',
  duration: '1m',
  labels: { team: 'storage' },
  annotations: { summary: 'the disk is nearly full' },
  targets: ['a'],
};

const diff = (changes: object) => diffRules(RULE, { ...RULE, id: 'a', version: 2, ...changes });

describe('the diff of two versions of a rule', () => {
  it('is none for the same content under another version number', () => {
    expect(diff({ keep_firing_for: null }).change).toBe('none');
  });

  it('takes durations by what they mean', () => {
    expect(diff({ duration: '60s' })).toMatchObject({
      change: 'formatting',
      fields: [{ key: 'duration', change: 'formatting', before: '1m', after: '60s' }],
    });
    expect(diff({ duration: '61s' })).toMatchObject({ change: 'changed', fields: [{ change: 'changed' }] });
    expect(diff({ duration: '${wait}' })).toMatchObject({ change: 'changed' });
    expect(diffRules({ ...RULE, duration: null }, { ...RULE, duration: '0s' })).toMatchObject({ change: 'formatting' });
  });

  it('names labels and annotations by their keys, and shows texts word by word', () => {
    expect(diff({ labels: { tier: 'db' }, annotations: { summary: 'the disk is full' } })).toMatchObject({
      change: 'changed',
      labels: [
        { key: 'team', change: 'removed', before: 'storage', after: null },
        { key: 'tier', change: 'added', before: null, after: 'db' },
      ],
      annotations: [
        { key: 'summary', change: 'changed', parts: expect.arrayContaining([{ op: 'same', text: 'the disk is ' }]) },
      ],
    });
  });

  it('takes a name that every object has for a label like any other', () => {
    expect(diff({ labels: { team: 'storage', constructor: 'x' } }).labels).toEqual([
      { key: 'constructor', change: 'added', before: null, after: 'x' },
    ]);
  });

  it('tells which targets came and went, whatever their order', () => {
    const before = { ...RULE, targets: ['a', 'b', { labels: { env: 'prod', zone: '1' } }] };
    const after = { ...RULE, targets: [{ labels: { zone: '1', env: 'prod' } }, 'c', 'a'] };
    expect(diffRules(before, after)).toMatchObject({ change: 'changed', targets: { added: ['c'], removed: ['b'] } });
  });

  it('compares overrides target by target', () => {
    const before = {
      ...RULE,
      overrides: [
        { target: 'a', duration: '1m', parameters: { threshold: 1 } },
        { target: 'b', severity: 'warning' },
      ],
    };
    const after = {
      ...RULE,
      overrides: [
        { target: 'c', enabled: false },
        { target: 'a', duration: '60s', parameters: { threshold: 2 } },
      ],
    };
    expect(diffRules(before, after).overrides).toEqual([
      {
        target: 'a',
        change: 'changed',
        values: [
          { key: 'duration', change: 'formatting', before: '1m', after: '60s' },
          { key: 'parameters/threshold', change: 'changed', before: 1, after: 2 },
        ],
      },
      {
        target: 'b',
        change: 'removed',
        values: [{ key: 'severity', change: 'removed', before: 'warning', after: null }],
      },
      { target: 'c', change: 'added', values: [{ key: 'enabled', change: 'added', before: null, after: false }] },
    ]);
  });

  it('is formatting when the expression was only written in another way', () => {
    expect(diff({ expression: '(free / size)\n  < .10 # nearly full' })).toMatchObject({
      change: 'formatting',
      expression: { change: 'formatting', changes: [] },
    });
  });
});
