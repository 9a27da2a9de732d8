import type { ClusterHealthState } from '@alertagent/contracts';

/** The type of the member that stands for the cluster's own address, which is checked from here. */
export const ENDPOINT_TYPE = 'endpoint';

/** Checks are counted in slots of this length, in milliseconds; an hour of them is kept. */
const SLOT_MS = 300_000;
const SLOTS = 12;

/** Checks of all members of a cluster within one slot. */
export interface CheckSlot {
  /** Start of the slot, epoch milliseconds. */
  at: number;
  good: number;
  total: number;
}

/** Adds a check; keeps one hour, so the row never grows. */
export function countCheck(slots: readonly CheckSlot[], at: Date, healthy: boolean): CheckSlot[] {
  const start = Math.floor(at.getTime() / SLOT_MS) * SLOT_MS;
  const current = slots.find((slot) => slot.at === start) ?? { at: start, good: 0, total: 0 };
  const counted = { at: start, good: current.good + (healthy ? 1 : 0), total: current.total + 1 };
  const others = slots.filter((slot) => slot.at !== start);
  return [...others, counted].sort((a, b) => a.at - b.at).slice(-SLOTS);
}

/** Share of good checks in the hour before `now`, e.g. `99.9%`; null when there were none. */
export function successRate(slots: readonly CheckSlot[], now: Date): string | null {
  const recent = slots.filter((slot) => slot.at > now.getTime() - SLOT_MS * SLOTS);
  const total = recent.reduce((sum, slot) => sum + slot.total, 0);
  if (total === 0) return null;
  const share = (100 * recent.reduce((sum, slot) => sum + slot.good, 0)) / total;
  // Rounded down: "100%" is said only when every check was good.
  return `${Math.floor(share * 10) / 10}%`;
}

/** Median of the members' last response times in milliseconds; null when none was measured. */
export function medianResponse(members: readonly { responseMs: number | null }[]): number | null {
  const times = members.flatMap(({ responseMs }) => (responseMs === null ? [] : [responseMs])).sort((a, b) => a - b);
  return times[Math.floor((times.length - 1) / 2)] ?? null;
}

/** A member as the cluster's health depends on it. */
export interface MemberOfCluster {
  type: string;
  name: string;
  status: ClusterHealthState;
  reason: string | null;
}

/**
 * A cluster is critical when a whole type of member (all its Prometheuses, all its Alertmanagers) is, warning when any
 * member is not well, unknown while nothing is known. Its address is no such type while a sidecar tells of the cluster: that it cannot be
 * reached from here may be the way's fault.
 */
export function clusterStatus(members: readonly MemberOfCluster[]): {
  status: ClusterHealthState;
  reason: string | null;
} {
  const known = members.filter(({ status }) => status !== 'unknown');
  if (known.length === 0) return { status: 'unknown', reason: null };
  const unwell = known.filter(({ status }) => status !== 'healthy');
  const lostType = known
    .map(({ type }) => type)
    .filter((type) => type !== ENDPOINT_TYPE || known.every((member) => member.type === ENDPOINT_TYPE))
    .find((type) => known.every((member) => member.type !== type || member.status === 'critical'));
  const worst = unwell.find(({ status, type }) => (lostType ? type === lostType : status === 'critical')) ?? unwell[0];
  if (!worst) return { status: 'healthy', reason: null };
  return { status: lostType ? 'critical' : 'warning', reason: `${worst.name}: ${worst.reason ?? worst.status}` };
}
