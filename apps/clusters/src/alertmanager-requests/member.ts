import type { ClusterHealthState } from '@alertagent/contracts';

/** One Alertmanager of a cluster, as far as it is known before it is asked. */
export interface Member {
  clusterId: string;
  cluster: string;
  /** Its URL, without a slash at the end. */
  address: string;
  /** The name its sidecar reports under. */
  name: string | null;
  health: ClusterHealthState;
}

/** The Alertmanagers of one cluster. */
export interface ClusterMembers {
  id: string;
  name: string;
  members: Member[];
}

const RANK: Record<ClusterHealthState, number> = { healthy: 0, unknown: 1, warning: 2, critical: 3 };

/** Who is asked before whom: the well before the unwell, and among equals another one each time. */
export function inTurn(members: readonly Member[], turn: number): Member[] {
  const first = members.length === 0 ? 0 : turn % members.length;
  const rotated = [...members.slice(first), ...members.slice(0, first)];
  return rotated.sort((a, b) => RANK[a.health] - RANK[b.health]);
}

/** The worst of what is known. */
export function worstOf(states: readonly ClusterHealthState[]): ClusterHealthState {
  const known = states.filter((state) => state !== 'unknown');
  return known.sort((a, b) => RANK[b] - RANK[a])[0] ?? 'unknown';
}
