import type { ClusterTroubleKind } from '@alertagent/contracts';

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
