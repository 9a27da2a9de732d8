import type { FiredAlert, Firing } from './firings';
import type { LocalHour } from './local-hours';

/** An alert that fires again so soon flaps; Prometheus forgets one that ended after this time. */
export const FLAP_WITHIN_MS = 15 * 60_000;

/** What the firings of a rule, or of one alert, come to within a period. */
export interface FiringFigures {
  /** Firings that began within the period. */
  firings: number;
  /** Firings that were on when the period began. */
  firing_at_start: number;
  /** Firings that were on when it ended. */
  firing_at_end: number;
  /** Times that an alert was pending and went away. */
  lapses: number;
  /** Firings that began within 15 minutes after the same alert's last one ended. */
  flaps: number;
  /** Time that alerts fired within the period, alert by alert. */
  firing_ms: number;
  longest_ms: number;
}

/** A part of time that is counted; epoch milliseconds, `to` not included. */
export interface Period {
  from: number;
  to: number;
}

/** How long of a firing lies within the period. */
export const lengthWithin = ({ fired_at, ended_at }: Firing, { from, to }: Period): number =>
  Math.max(0, Math.min(ended_at ?? to, to) - Math.max(fired_at, from));

/** The firings of an alert that touch the period. */
export const firingsWithin = ({ firings }: FiredAlert, { from, to }: Period): Firing[] =>
  firings.filter(({ fired_at, ended_at }) => fired_at < to && (ended_at === null || ended_at > from));

/** Adds up the firings of alerts. */
export function firingFigures(alerts: readonly FiredAlert[], period: Period): FiringFigures {
  const figures: FiringFigures = {
    firings: 0,
    firing_at_start: 0,
    firing_at_end: 0,
    lapses: 0,
    flaps: 0,
    firing_ms: 0,
    longest_ms: 0,
  };
  for (const alert of alerts) {
    figures.lapses += alert.lapses;
    let endedAt: number | null = null;
    for (const firing of firingsWithin(alert, period)) {
      const length = lengthWithin(firing, period);
      if (firing.fired_at < period.from) figures.firing_at_start += 1;
      else figures.firings += 1;
      if (firing.ended_at === null || firing.ended_at > period.to) figures.firing_at_end += 1;
      if (endedAt !== null && firing.fired_at - endedAt < FLAP_WITHIN_MS) figures.flaps += 1;
      figures.firing_ms += length;
      figures.longest_ms = Math.max(figures.longest_ms, length);
      endedAt = firing.ended_at;
    }
  }
  return figures;
}

/** When firings began. */
export interface FiringCalendar {
  by_day: { date: string; firings: number }[];
  /** Seven rows from Monday on, of 24 hours each. */
  by_hour_of_week: number[][];
}

/** Counts the firings that began within the period by day and by hour of the week; days without any are counted too. */
export function firingCalendar(
  alerts: readonly FiredAlert[],
  period: Period,
  localHour: (at: number) => LocalHour,
): FiringCalendar {
  const days = new Map<string, number>();
  for (let at = period.from; at < period.to; at += 60 * 60_000) days.set(localHour(at).date, 0);
  const hours = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
  for (const alert of alerts) {
    for (const { fired_at } of firingsWithin(alert, period)) {
      if (fired_at < period.from) continue;
      const { date, weekday, hour } = localHour(fired_at);
      days.set(date, (days.get(date) ?? 0) + 1);
      hours[weekday]![hour]! += 1;
    }
  }
  return { by_day: [...days].map(([date, firings]) => ({ date, firings })), by_hour_of_week: hours };
}
