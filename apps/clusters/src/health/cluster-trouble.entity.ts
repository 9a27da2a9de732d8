import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { StoredTrouble } from './stored-trouble';

export const clusterTroubleEntity = new EntitySchema<StoredTrouble>({
  name: 'cluster_troubles',
  columns: {
    clusterId: { name: 'cluster_id', type: 'varchar', length: 36, primary: true },
    kind: { type: 'varchar', length: 30, primary: true },
    type: { type: 'varchar', length: 30, primary: true },
    subject: { type: 'varchar', length: 200, primary: true },
    reason: { type: 'longtext' },
    since: { type: 'bigint', transformer: epochMs },
  },
});
