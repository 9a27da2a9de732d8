import type { CanaryPlace } from '@alertagent/contracts';

/** When the canary of one Prometheus was seen in one place. */
export interface StoredSighting {
  clusterId: string;
  place: CanaryPlace;
  /** In `prometheus` the member's name, elsewhere the external URL of the Prometheus. */
  instance: string;
  firstAt: Date;
  heardAt: Date;
}
