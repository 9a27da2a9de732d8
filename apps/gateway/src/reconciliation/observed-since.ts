/** Since when each cluster's source has been asked without a gap as long as the settling time. In memory: after a restart observation begins anew. */
export class ObservedSince {
  private readonly clusters = new Map<string, { since: number; last: number }>();

  constructor(private readonly settlingMs: number) {}

  /** Notes a set taken at `at` (epoch milliseconds) and returns since when there have been sets. */
  note(clusterId: string, at: number): number {
    const before = this.clusters.get(clusterId);
    const goesOn = before !== undefined && at - before.last <= this.settlingMs;
    const since = goesOn ? Math.min(before.since, at) : at;
    this.clusters.set(clusterId, { since, last: Math.max(before?.last ?? at, at) });
    return since;
  }
}
