/** Alerts of an incident by cluster id. */
export type IncidentShares = Record<string, { alerts: number; firing: number }>;

/** What an incident's shares are made of. */
interface Shared {
  cluster_id: string;
  alert_count: number;
  firing_count: number;
  breakdown: IncidentShares | null;
}

/** The shares of an incident; one from before they were kept has a single cluster. */
export function sharesOf({ cluster_id, alert_count, firing_count, breakdown }: Shared): IncidentShares {
  return breakdown ?? { [cluster_id]: { alerts: alert_count, firing: firing_count } };
}

/** The shares with others added; `sign` -1 takes them out, and clusters that have no alerts left go. */
export function addShares(shares: IncidentShares, others: IncidentShares, sign: 1 | -1 = 1): IncidentShares {
  const sum: IncidentShares = {};
  for (const cluster of new Set([...Object.keys(shares), ...Object.keys(others)])) {
    const alerts = (shares[cluster]?.alerts ?? 0) + sign * (others[cluster]?.alerts ?? 0);
    const firing = (shares[cluster]?.firing ?? 0) + sign * (others[cluster]?.firing ?? 0);
    if (alerts > 0) sum[cluster] = { alerts, firing };
  }
  return sum;
}

/** The shares of single alerts. */
export function countShares(alerts: readonly { cluster_id: string; status: string }[]): IncidentShares {
  const shares: IncidentShares = {};
  for (const { cluster_id, status } of alerts) {
    const share = (shares[cluster_id] ??= { alerts: 0, firing: 0 });
    share.alerts += 1;
    if (status === 'firing') share.firing += 1;
  }
  return shares;
}
