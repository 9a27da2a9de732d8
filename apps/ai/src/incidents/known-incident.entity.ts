import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { KnownIncident } from './known-incident';

export const knownIncidentEntity = new EntitySchema<KnownIncident>({
  name: 'known_incidents',
  columns: {
    id: { type: 'varchar', length: 100, primary: true },
    clusterId: { name: 'cluster_id', type: 'varchar', length: 100 },
    title: { type: 'longtext' },
    alertName: { name: 'alert_name', type: 'varchar', length: 200 },
    severity: { type: 'varchar', length: 200, nullable: true },
    labels: { type: 'longtext', transformer: json<Record<string, string>>() },
    openedAt: { name: 'opened_at', type: 'bigint', transformer: epochMs },
    resolvedAt: { name: 'resolved_at', type: 'bigint', nullable: true, transformer: epochMs },
  },
  indices: [
    { name: 'IX_known_incidents_alert_name', columns: ['alertName', 'openedAt'] },
    { name: 'IX_known_incidents_cluster', columns: ['clusterId', 'openedAt'] },
    { name: 'IX_known_incidents_resolved', columns: ['resolvedAt'] },
  ],
});
