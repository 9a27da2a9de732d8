import { contents, faults } from '../../../test/read-files';
import { looksLikeLiveRules, readLiveRules } from './read-live-rules';

describe('the rules of a live Prometheus, from its own answer', () => {
  const answer = JSON.stringify({
    status: 'success',
    data: {
      groups: [
        {
          name: 'g',
          file: '/etc/prometheus/a.yml',
          interval: 15,
          limit: 0,
          rules: [
            {
              type: 'alerting',
              name: 'A',
              query: 'up == 0',
              duration: 90,
              keepFiringFor: 0,
              labels: { severity: 'page' },
              annotations: { summary: '{{ $value }}' },
              alerts: [],
              state: 'inactive',
              health: 'ok',
            },
            { type: 'recording', name: 'job:up', query: 'sum(up)', health: 'ok' },
          ],
        },
        {
          name: 'g',
          file: '/etc/prometheus/b.yml',
          interval: 60,
          limit: 3,
          queryOffset: 30,
          rules: [{ type: 'alerting' }],
        },
      ],
    },
  });

  it('are read file by file', () => {
    expect(looksLikeLiveRules(answer)).toBe(true);
    const [a, b] = readLiveRules(answer);
    expect([a!.namespace, b!.namespace]).toEqual(['/etc/prometheus/a.yml', '/etc/prometheus/b.yml']);
    expect(contents(a!.groups)).toEqual([
      {
        name: 'g',
        interval: '15s',
        rules: [
          {
            alert: 'A',
            expr: 'up == 0',
            for: '1m30s',
            labels: { severity: 'page' },
            annotations: { summary: '{{ $value }}' },
          },
          { record: 'job:up', expr: 'sum(up)' },
        ],
      },
    ]);
    expect(b!.groups[0]).toMatchObject({ interval: '1m', limit: 3, query_offset: '30s' });
    expect(faults(b!)).toMatchObject([['error', 'bad_shape', '/data/groups/1/rules/0']]);
  });

  it.each(['{}', '[]', 'no', '{"status":"error"}', '{"groups":[]}'])('are not taken from %s', (text) => {
    expect(looksLikeLiveRules(text)).toBe(false);
    expect(() => readLiveRules(text)).toThrow(SyntaxError);
  });
});
