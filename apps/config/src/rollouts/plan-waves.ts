import type { RolloutWave } from '@alertagent/contracts';
import { invalid } from '../holds/named-clusters';

/** A cluster to be put into a wave. */
export interface Candidate {
  clusterId: string;
  clusterName: string;
  /** The first wave whose labels it carries, from 1. */
  selectedWave: number | null;
}

/** Errors: ServiceError `invalid` for waves that would leave clusters out or mean nothing. */
export function assertWaves(waves: readonly RolloutWave[]): void {
  let share = 0;
  waves.forEach((wave, index) => {
    const hasLabels = Object.keys(wave.labels ?? {}).length > 0;
    const percent = wave.percent ?? null;
    if (hasLabels === (percent !== null)) throw invalid(`/waves/${index}`, 'expected either labels or percent');
    if (percent === null) return;
    if (percent <= share) throw invalid(`/waves/${index}/percent`, 'expected more than in the waves before');
    share = percent;
  });
  if (waves.at(-1)?.percent !== 100)
    throw invalid(
      `/waves/${waves.length - 1}/percent`,
      'expected 100 in the last wave, so that no cluster is left out',
    );
}

/**
 * The wave of each cluster, by its id, from 1. Shares are of all candidates and rounded up; within a share clusters come in
 * the order of their names, those that a later wave selects by label last.
 */
export function planWaves(waves: readonly RolloutWave[], candidates: readonly Candidate[]): Map<string, number> {
  const planned = new Map<string, number>();
  const byName = [...candidates].sort((a, b) => (a.clusterName < b.clusterName ? -1 : 1));
  waves.forEach(({ percent }, index) => {
    const wave = index + 1;
    const free = byName.filter(({ clusterId }) => !planned.has(clusterId));
    if (percent === null || percent === undefined) {
      for (const { clusterId, selectedWave } of free) if (selectedWave === wave) planned.set(clusterId, wave);
      return;
    }
    const isLater = ({ selectedWave }: Candidate): boolean => selectedWave !== null && selectedWave > wave;
    const inOrder = [...free.filter((one) => !isLater(one)), ...free.filter(isLater)];
    const count = Math.ceil((candidates.length * percent) / 100) - planned.size;
    for (const { clusterId } of inOrder.slice(0, Math.max(0, count))) planned.set(clusterId, wave);
  });
  return planned;
}
