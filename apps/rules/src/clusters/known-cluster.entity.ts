import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** What this service keeps of a cluster: enough to resolve selectors and to name it, learnt from the clusters' events. */
export interface KnownCluster {
  clusterId: string;
  name: string;
  labels: Record<string, string>;
  /** The cluster's own version; 0 while no event about it has arrived. Older news is ignored by it. */
  version: number;
  retiredAt: Date | null;
}

export const knownClusterEntity = new EntitySchema<KnownCluster>({
  name: 'rule_clusters',
  columns: {
    clusterId: { name: 'cluster_id', type: 'varchar', length: 36, primary: true },
    name: { type: 'varchar', length: 100 },
    labels: { type: 'longtext', transformer: json<Record<string, string>>() },
    version: { type: 'int' },
    retiredAt: { name: 'retired_at', type: 'bigint', nullable: true, transformer: epochMs },
  },
});
