/** What a chunk takes out of the ledger's tables: sums by cluster and disposition. */
export class ArchivedCounts {
  private readonly sums = new Map<string, { cluster_id: string; disposition: string; alerts: number }>();

  /** Adds to one sum. */
  add(cluster_id: string, disposition: string, alerts: number): void {
    const key = `${cluster_id} ${disposition}`;
    const known = this.sums.get(key);
    if (known) known.alerts += alerts;
    else this.sums.set(key, { cluster_id, disposition, alerts });
  }

  /** In the order of the key, so that two gateways wait for each other instead of deadlocking. */
  rows(): { cluster_id: string; disposition: string; alerts: number }[] {
    return [...this.sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  }
}
