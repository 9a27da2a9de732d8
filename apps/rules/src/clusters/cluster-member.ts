import type { SidecarState, TargetKind } from '@alertagent/contracts';

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
  /** What it showed itself to be; null while it has not. */
  program: TargetKind | null;
  /** The version of that program, as it tells it. */
  programVersion: string | null;
}
