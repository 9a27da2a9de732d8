import type { RetiredRules } from '@alertagent/contracts';
import type { ClusterContent } from './cluster-content';

/** A cluster; retired ones are kept. */
export interface StoredCluster extends ClusterContent {
  id: string;
  /** The name while it is taken; null for retired clusters, which give theirs back. */
  activeName: string | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  /** When its retirement was asked for; null for active clusters. */
  retiringAt: Date | null;
  retiredRules: RetiredRules | null;
  /** Members that had not shown that the rules are gone when this was last looked at. */
  unproven: string[] | null;
  retiredAt: Date | null;
}
