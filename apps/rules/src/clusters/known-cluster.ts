/** What this service keeps of a cluster: enough to resolve selectors and to name it, learnt from the clusters' events. */
export interface KnownCluster {
  clusterId: string;
  name: string;
  labels: Record<string, string>;
  /** The cluster's own version; 0 while no event about it has arrived. Older news is ignored by it. */
  version: number;
  /** Since when it takes no rules: it is being retired, or evaluates none. */
  closedAt: Date | null;
  retiredAt: Date | null;
}
