import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { ClusterContent, StoredAlertmanager } from './cluster-content';
import type { StoredCluster } from './stored-cluster';

export const clusterEntity = new EntitySchema<StoredCluster>({
  name: 'alertmanager_clusters',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    name: { type: 'varchar', length: 100 },
    activeName: { name: 'active_name', type: 'varchar', length: 100, nullable: true },
    kind: { type: 'varchar', length: 20, nullable: true },
    endpoint: { type: 'varchar', length: 255, nullable: true },
    alertmanagers: { type: 'longtext', nullable: true, transformer: json<StoredAlertmanager[]>() },
    queryUrl: { name: 'query_url', type: 'varchar', length: 255, nullable: true },
    settings: { type: 'longtext', transformer: json<ClusterContent['settings']>() },
    labels: { type: 'longtext', transformer: json<Record<string, string>>() },
    version: { type: 'int' },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    updatedAt: { name: 'updated_at', type: 'bigint', transformer: epochMs },
    retiringAt: { name: 'retiring_at', type: 'bigint', nullable: true, transformer: epochMs },
    retiredRules: { name: 'retired_rules', type: 'varchar', length: 20, nullable: true },
    unproven: { type: 'longtext', nullable: true, transformer: json<string[]>() },
    retiredAt: { name: 'retired_at', type: 'bigint', nullable: true, transformer: epochMs },
  },
  indices: [{ name: 'UQ_alertmanager_clusters_active_name', columns: ['activeName'], unique: true }],
});
