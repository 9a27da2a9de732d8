import type { SidecarReport } from '@alertagent/contracts';

/** Older than this, in milliseconds, a report tells what was, not what is. An attempt and its repetition take less. */
const PAST_AFTER_MS = 10_000;

/** When a report was true. */
export interface Observation {
  /** How long before it was received, in milliseconds. */
  ageMs: number;
  /** It had to wait (or cannot be placed in time): it belongs into the history and proves nothing about now. */
  isPast: boolean;
}

/**
 * Both times are the sidecar's, so a clock that is wrong by hours leaves the age right. A clock that was set back while
 * the report waited shows an observation after the sending; such a report, or one without the second time, proves nothing.
 */
export function observationOf(report: Pick<SidecarReport, 'observed_at' | 'sent_at'>, now: Date): Observation {
  const { observed_at, sent_at } = report;
  // Sidecars before this field sent each report as soon as they could, and nothing that a restart had left over.
  if (!observed_at) return { ageMs: 0, isPast: false };
  const age = (sent_at ? Date.parse(sent_at) : now.getTime()) - Date.parse(observed_at);
  return { ageMs: Math.max(0, age), isPast: !sent_at || age < 0 || age > PAST_AFTER_MS };
}
