import type { ActionCaps, CatalogueEntry } from './catalogue-entry';

/** What has been begun of late. */
export interface RecentUse {
  begun_last_hour: number;
  under_way: number;
  /** Different targets of the last hour in the cluster, this request's included. */
  targets_last_hour: number;
}

/** Everything a gate may look at. There is no field for what a model thinks of itself, on purpose. */
export interface GateFacts {
  entry: CatalogueEntry;
  /** Whether everything, or this action, is stopped. */
  is_stopped: boolean;
  /** Whether a second person approved exactly this. */
  is_approved: boolean;
  /** Whether the measured record of this action for this rule is good enough. */
  is_earned: boolean;
  /** Whether the configuration lets anything run without a person. */
  is_autonomy_on: boolean;
  use: RecentUse;
}

/** A gate that is closed. */
export const GATES = ['kill_switch', 'approval', 'rate_cap', 'concurrency_cap', 'blast_radius'] as const;
export type Gate = (typeof GATES)[number];

/** The gates that keep an action from running now; none: it may run. */
export function closedGates(facts: GateFacts): Gate[] {
  const closed: Gate[] = [];
  if (facts.is_stopped) closed.push('kill_switch');
  if (!facts.is_approved && !mayRunAlone(facts)) closed.push('approval');
  return [...closed, ...closedCaps(facts.entry.caps, facts.use)];
}

/** Whether it may do without a person: the operator, the catalogue and the record must all say so. */
export function mayRunAlone({
  entry,
  is_autonomy_on,
  is_earned,
}: Omit<GateFacts, 'use' | 'is_stopped' | 'is_approved'>): boolean {
  return is_autonomy_on && entry.allows_autonomy && is_earned;
}

/** The caps that are reached. */
export function closedCaps(caps: ActionCaps, use: RecentUse): Gate[] {
  const closed: Gate[] = [];
  if (use.begun_last_hour >= caps.max_per_hour) closed.push('rate_cap');
  if (use.under_way >= caps.max_concurrent) closed.push('concurrency_cap');
  if (use.targets_last_hour > caps.max_targets_per_hour) closed.push('blast_radius');
  return closed;
}
