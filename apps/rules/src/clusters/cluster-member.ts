import type { SidecarState } from '@alertagent/contracts';

/** A Prometheus replica that reports for a cluster, and the newest thing it said about a revision. */
export interface ClusterMember {
  clusterId: string;
  name: string;
  /** The newest revision it spoke of; null before it was given one. */
  revision: number | null;
  state: SidecarState;
  reason: string | null;
  /** When the report that says the above was made. */
  reportedAt: Date;
  /** When it was last heard at all; never goes back. */
  lastHeard: Date;
}
