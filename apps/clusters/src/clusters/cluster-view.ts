import type { ClusterStatus, ClusterView, Retirement } from '@alertagent/contracts';
import type { StoredCluster } from './stored-cluster';

/** A cluster as the API shows it. */
export function clusterView(cluster: StoredCluster): ClusterView {
  return {
    id: cluster.id,
    name: cluster.name,
    kind: cluster.kind,
    status: statusOf(cluster),
    endpoint: cluster.endpoint,
    alertmanagers: cluster.alertmanagers ?? [],
    query_url: cluster.queryUrl,
    config: { ...cluster.settings, canary: cluster.settings.canary ?? false },
    labels: cluster.labels,
    version: cluster.version,
    created_at: cluster.createdAt.toISOString(),
    updated_at: cluster.updatedAt.toISOString(),
    retirement: retirementOf(cluster),
  };
}

/** Where a cluster is in its life. */
export function statusOf({ retiringAt, retiredAt }: Pick<StoredCluster, 'retiringAt' | 'retiredAt'>): ClusterStatus {
  if (retiredAt) return 'retired';
  return retiringAt ? 'retiring' : 'active';
}

function retirementOf({ retiringAt, retiredAt, retiredRules, unproven }: StoredCluster): Retirement | null {
  const requestedAt = retiringAt ?? retiredAt;
  if (!requestedAt) return null;
  return {
    // Whatever was retired before there was a choice kept its rules.
    rules: retiredRules ?? 'keep',
    requested_at: requestedAt.toISOString(),
    retired_at: retiredAt?.toISOString() ?? null,
    unproven: unproven ?? [],
  };
}
