import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { KnownCluster } from './known-cluster';

export const knownClusterEntity = new EntitySchema<KnownCluster>({
  name: 'rule_clusters',
  columns: {
    clusterId: { name: 'cluster_id', type: 'varchar', length: 36, primary: true },
    name: { type: 'varchar', length: 100 },
    labels: { type: 'longtext', transformer: json<Record<string, string>>() },
    version: { type: 'int' },
    closedAt: { name: 'closed_at', type: 'bigint', nullable: true, transformer: epochMs },
    retiredAt: { name: 'retired_at', type: 'bigint', nullable: true, transformer: epochMs },
  },
});
