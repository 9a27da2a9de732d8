import { capabilitiesOf } from '@alertagent/alerting';
import type { AlertPath, AlertPathState, ClusterHealthView, MemberHealth } from '@alertagent/contracts';
import type { StoredSighting } from '../canary/stored-sighting';
import type { StoredCluster } from '../clusters/stored-cluster';
import type { StoredClusterHealth } from './cluster-health.entity';
import { medianResponse, successRate } from './cluster-health';
import type { StoredTrouble } from './stored-trouble';
import type { StoredMember } from './stored-member';
import { troubleView } from './troubles';

/** Everything that is shown of how a cluster is. */
export interface KnownHealth {
  cluster: StoredCluster;
  health: StoredClusterHealth;
  members: readonly StoredMember[];
  troubles: readonly StoredTrouble[];
  sightings: readonly StoredSighting[];
  /** Whether the canary arrives. */
  pathStatus: AlertPathState;
}

/** How a cluster is, as the API shows it. */
export function healthView(known: KnownHealth, now: Date): ClusterHealthView {
  const { cluster, health, members, troubles } = known;
  const responseMs = medianResponse(members);
  return {
    id: cluster.id,
    name: cluster.name,
    status: health.status,
    last_check: health.lastCheck?.toISOString() ?? null,
    metrics: {
      response_time: responseMs === null ? null : `${Math.round(responseMs)}ms`,
      success_rate: successRate(health.checks, now),
    },
    members: members.map(memberView),
    alert_path: alertPath(known),
    troubles: troubles.map(troubleView),
  };
}

function alertPath({ pathStatus, sightings }: KnownHealth): AlertPath {
  if (pathStatus === 'off') return { status: 'off', seen: [] };
  const seen = sightings.map(({ place, instance, heardAt }) => ({ place, instance, heard_at: heardAt.toISOString() }));
  return { status: pathStatus, seen };
}

const memberView = (member: StoredMember): MemberHealth => ({
  name: member.name,
  type: member.type,
  status: member.status,
  reason: member.reason,
  kind: member.kind,
  version: member.version,
  capabilities: capabilitiesOf(member.kind, member.version),
  clock_ahead_ms: member.clockAheadMs === null ? null : Math.round(member.clockAheadMs),
  since: member.changedAt?.toISOString() ?? null,
  last_seen: member.lastSeen.toISOString(),
  response_ms: member.responseMs,
});
