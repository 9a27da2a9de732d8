import type { NormalisedAlert } from '../webhook/normalised-alert';

/** What is stored about an episode that an event may belong to. */
export interface KnownEpisode {
  status: 'firing' | 'resolved';
  starts_at_ms: number;
  ends_at_ms: number | null;
}

/**
 * What an event means for its episode:
 * `opened` a new firing; `resolved` the end of one (`late` when its beginning was never seen: the episode is stored
 * closed); `duplicate` nothing new; `stale` news that was overtaken. `why` is shown in the alert's timeline.
 */
export type EpisodeOutcome =
  | { kind: 'opened'; why: string }
  | { kind: 'resolved'; late: boolean; why: string }
  | { kind: 'duplicate'; why: string }
  | { kind: 'stale'; why: string };

/**
 * Decides by the times in the event, never by the order of arrival: Alertmanager peers repeat and overtake each
 * other, and a late "firing" must not reopen an episode that has ended.
 */
export function decideEpisode(known: KnownEpisode | null, event: NormalisedAlert): EpisodeOutcome {
  if (known === null || event.starts_at_ms > known.starts_at_ms) {
    if (event.status === 'firing') return { kind: 'opened', why: 'first firing event of this episode' };
    return { kind: 'resolved', late: true, why: 'resolved, and its firing event was never received: stored as closed' };
  }
  if (event.starts_at_ms < known.starts_at_ms) {
    return { kind: 'stale', why: 'belongs to an earlier episode than the one that is known' };
  }
  if (event.status === known.status) {
    return { kind: 'duplicate', why: `this episode is already known to be ${known.status}` };
  }
  if (event.status === 'resolved') return { kind: 'resolved', late: false, why: 'the firing episode has ended' };
  return { kind: 'stale', why: 'this episode has already been resolved; only a later start opens a new one' };
}
