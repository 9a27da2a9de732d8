import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { StoredSighting } from './stored-sighting';

export const canarySightingEntity = new EntitySchema<StoredSighting>({
  name: 'cluster_canaries',
  columns: {
    clusterId: { name: 'cluster_id', type: 'varchar', length: 36, primary: true },
    place: { type: 'varchar', length: 20, primary: true },
    instance: { type: 'varchar', length: 200, primary: true },
    firstAt: { name: 'first_at', type: 'bigint', transformer: epochMs },
    heardAt: { name: 'heard_at', type: 'bigint', transformer: epochMs },
  },
});
