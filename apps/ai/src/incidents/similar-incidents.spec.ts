import type { KnownIncident } from './known-incident';
import { rankSimilar } from './similar-incidents';

const known = (id: string, labels: Record<string, string>, openedAt = new Date(0)): KnownIncident => ({
  id,
  clusterId: 'c',
  title: id,
  alertName: labels['alertname'] ?? '',
  severity: null,
  labels,
  openedAt,
  resolvedAt: null,
});

describe('similar incidents', () => {
  const labels = { alertname: 'A', service: 'web', severity: 'warning' };

  it('are ordered by how many labels they share, the name of the alert counting most', () => {
    const ranked = rankSimilar(labels, [
      known('same place', { alertname: 'B', service: 'web', severity: 'warning' }),
      known('same alert', { alertname: 'A', service: 'db', severity: 'info' }),
      known('same', labels),
    ]);
    expect(ranked.map(({ id, similarity }) => [id, similarity])).toEqual([
      ['same', 1],
      ['same alert', 0.6],
      ['same place', 0.4],
    ]);
  });

  it('are only those with something in common, and the newest five of equals', () => {
    const equals = Array.from({ length: 9 }, (_, at) => known(`n${at}`, labels, new Date(at)));
    expect(rankSimilar(labels, [known('other', { alertname: 'Z' }), ...equals]).map(({ id }) => id)).toEqual([
      'n8',
      'n7',
      'n6',
      'n5',
      'n4',
    ]);
  });

  it('are never similar because of names that every object has', () => {
    expect(rankSimilar({ constructor: 'x' }, [known('k', {})])).toEqual([]);
    expect(rankSimilar({}, [known('k', {})])).toEqual([]);
  });
});
