import type { ClusterHealthState } from '@alertagent/contracts';
import type { StoredTrouble } from './stored-trouble';
import type { StoredMember } from './stored-member';

/** How a cluster is, as far as it makes a trouble. */
interface ClusterCondition {
  status: ClusterHealthState;
  reason: string | null;
  changedAt: Date;
}

/** Everything that is wrong with a cluster now. Members of which nothing is known yet, or which may not be asked, are no trouble. */
export function healthTroubles(
  clusterId: string,
  health: ClusterCondition,
  members: readonly StoredMember[],
): StoredTrouble[] {
  const ofMembers = members.flatMap(({ type, name, status, reason, changedAt, lastSeen }): StoredTrouble[] => {
    if (status !== 'critical' && status !== 'warning') return [];
    const kind = status === 'critical' ? 'sidecar_silent' : 'member_unhealthy';
    return [{ clusterId, kind, type, subject: name, reason: reason ?? status, since: changedAt ?? lastSeen }];
  });
  if (health.status !== 'critical') return ofMembers;
  const { reason, changedAt } = health;
  return [
    { clusterId, kind: 'cluster_critical', type: '', subject: '', reason: reason ?? 'critical', since: changedAt },
    ...ofMembers,
  ];
}
