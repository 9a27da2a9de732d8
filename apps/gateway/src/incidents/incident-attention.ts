import type { Incident } from './incident.entity';

/** Who said to work on an incident; null when nobody did, or when that has expired. Times in epoch milliseconds. */
export function acknowledgementOf(
  incident: Pick<Incident, 'acknowledged_by' | 'acknowledged_at' | 'acknowledged_until'>,
  now: number,
): { by: string; at: number; until: number | null } | null {
  const { acknowledged_by: by, acknowledged_at: at, acknowledged_until: until } = incident;
  if (by === null || at === null || (until !== null && until <= now)) return null;
  return { by, at, until };
}

/** Until when an incident is snoozed; null when it is not, or no longer. */
export function snoozeOf({ snoozed_until }: Pick<Incident, 'snoozed_until'>, now: number): number | null {
  return snoozed_until !== null && snoozed_until > now ? snoozed_until : null;
}
