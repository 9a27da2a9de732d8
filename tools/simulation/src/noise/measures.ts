/** How good a division of alerts into groups is. */
export interface Measures {
  alerts: number;
  incidents: number;
  /** Share of alerts that did not become an incident of their own. */
  compression: number;
  /** Share of alerts whose group is mostly about their true incident. */
  purity: number;
  /** 1 when no group holds alerts of two true incidents; by entropy. */
  homogeneity: number;
  /** True incidents none of whose alerts reached anybody. */
  missed: number;
  /** True incidents whose alerts were all folded into groups that are mostly about another one. */
  hidden: number;
}

/** Measures groups against the truth; a group of null means that nobody was shown the alert. */
export function measure(truth: readonly string[], groups: readonly (string | null)[]): Measures {
  const members = new Map<string, string[]>();
  for (const [index, group] of groups.entries()) {
    if (group === null) continue;
    const list = members.get(group);
    if (list) list.push(truth[index]!);
    else members.set(group, [truth[index]!]);
  }
  let pure = 0;
  let within = 0;
  const shown = new Set<string>();
  const led = new Set<string>();
  for (const list of members.values()) {
    const counts = countsOf(list);
    const most = Math.max(...counts.values());
    pure += most;
    for (const [incident, count] of counts) {
      shown.add(incident);
      if (count === most) led.add(incident);
      within -= count * Math.log(count / list.length);
    }
  }
  const all = countsOf(truth);
  let total = 0;
  for (const count of all.values()) total -= count * Math.log(count / truth.length);
  const alerts = truth.length;
  return {
    alerts,
    incidents: members.size,
    compression: 1 - members.size / alerts,
    purity: pure / alerts,
    homogeneity: total === 0 ? 1 : 1 - within / total,
    missed: all.size - shown.size,
    hidden: shown.size - led.size,
  };
}

function countsOf(list: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of list) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}
