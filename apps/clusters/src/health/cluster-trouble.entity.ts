import type { ClusterTroubleKind } from '@alertagent/contracts';
import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** A trouble that others were told of. Deleted when it ends. */
export interface StoredTrouble {
  clusterId: string;
  kind: ClusterTroubleKind;
  /** Type and name of the member; empty when it is about the cluster. */
  type: string;
  subject: string;
  reason: string;
  since: Date;
}

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
