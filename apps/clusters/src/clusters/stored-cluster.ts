import type { ClusterContent } from './cluster-content';

/** A cluster; retired ones are kept. */
export interface StoredCluster extends ClusterContent {
  id: string;
  /** The name while it is taken; null for retired clusters, which give theirs back. */
  activeName: string | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  retiredAt: Date | null;
}
