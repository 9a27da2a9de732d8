import type { RolloutWave } from '@alertagent/contracts';
import { planWaves, type Candidate } from './plan-waves';

const candidates = (count: number, selected: Record<number, number> = {}): Candidate[] =>
  Array.from({ length: count }, (_, index) => ({
    clusterId: `id-${index}`,
    clusterName: `cluster-${String(index).padStart(3, '0')}`,
    selectedWave: selected[index] ?? null,
  }));

const sizes = (waves: RolloutWave[], of: Candidate[]): number[] => {
  const planned = [...planWaves(waves, of).values()];
  return waves.map((_, index) => planned.filter((wave) => wave === index + 1).length);
};

describe('planning waves', () => {
  it('takes a canary by label, then shares of all, rounded up, and leaves nobody out', () => {
    const waves = [{ labels: { stage: 'canary' } }, { percent: 10 }, { percent: 100 }];
    expect(sizes(waves, candidates(100, { 57: 1 }))).toEqual([1, 9, 90]);
    expect(sizes(waves, candidates(3, { 2: 1 }))).toEqual([1, 0, 2]);
    expect(sizes(waves, candidates(11, {}))).toEqual([0, 2, 9]);
  });

  it('keeps clusters of a later label for that wave while there are others', () => {
    const waves = [{ percent: 50 }, { labels: { tier: 'core' } }, { percent: 100 }];
    const planned = planWaves(waves, candidates(4, { 0: 2, 1: 2 }));
    expect(Object.fromEntries(planned)).toEqual({ 'id-0': 2, 'id-1': 2, 'id-2': 1, 'id-3': 1 });
  });

  it('does not depend on the order of the clusters', () => {
    const waves = [{ percent: 30 }, { percent: 100 }];
    const some = candidates(10);
    expect(planWaves(waves, [...some].reverse())).toEqual(planWaves(waves, some));
  });
});
