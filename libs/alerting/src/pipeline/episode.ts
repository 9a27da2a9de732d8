import type { EpisodeFacts, PipelineEvent } from './facts';
import { anyFires, readReplicas, replicaName, withWord, wordOf, writeReplicas, type ReplicaWord } from './replicas';

/**
 * What an event means for its episode:
 * `opened` a new firing; `resolved` the end of one (`of` is null when its beginning was never seen: the episode is stored closed);
 * `duplicate` nothing new; `stale` news that was overtaken. `why` is shown in the alert's timeline; `replica` is set when what the
 * episode knows of its replicas changes.
 */
export type EpisodeOutcome =
  | { kind: 'opened'; why: string }
  | { kind: 'resolved'; of: EpisodeFacts | null; why: string; replica?: string }
  | { kind: 'duplicate'; of: EpisodeFacts; why: string; replica?: string }
  | { kind: 'stale'; why: string };

/**
 * For this long after an episode's end, a replica that was not heard of before and says firing is only late. Likewise a replica
 * that began to fire longer than this before the episode speaks of an earlier one.
 */
const REPLICA_LAG_MS = 5 * 60_000;

/**
 * Decides by the times in the event, never by the order of arrival: Alertmanager peers repeat and overtake each other, and a late
 * "firing" must not reopen an episode that has ended. `known` is the event's own episode, `newest` the newest one of the same labels.
 *
 * Replicas of a highly available pair see the same alert begin and end some seconds apart: their events make one episode, which ends
 * when the last of those that reported it says so. A replica that dies takes back only its own word.
 */
export function decideEpisode(
  known: EpisodeFacts | null,
  newest: EpisodeFacts | null,
  event: PipelineEvent,
): EpisodeOutcome {
  const { alert } = event;
  if (event.origin === 'reconciliation' && alert.status === 'resolved' && known?.status === 'firing') {
    return {
      kind: 'resolved',
      of: known,
      why: 'it fires no more at its source, and its end never arrived: reconciled',
    };
  }
  if (known !== null) return decideKnown(known, event);
  // Its source says no start: it speaks of the episode that fires, and of none that is over.
  if (alert.start_assumed === true && newest?.status === 'firing') return decideKnown(newest, event);
  if (alert.start_assumed === true && newest !== null && alert.status === 'resolved') {
    return duplicate(newest, 'the newest episode of these labels is already known to be resolved');
  }
  if (newest !== null && isTwin(newest, event)) {
    const twin = newest.status === 'firing' ? decideFiringTwin(newest, event) : decideEndedTwin(newest, event);
    if (twin) return twin;
  } else if (newest !== null && alert.starts_at_ms <= newest.starts_at_ms) {
    return { kind: 'stale', why: 'belongs to an earlier episode than the one that is known' };
  }
  if (alert.status === 'firing' && event.origin === 'reconciliation') {
    return { kind: 'opened', why: 'it fires at its source, and its notification never arrived: reconciled' };
  }
  if (alert.status === 'firing') return { kind: 'opened', why: 'first firing event of this episode' };
  return { kind: 'resolved', of: null, why: 'resolved, and its firing event was never received: stored as closed' };
}

function decideKnown(known: EpisodeFacts, event: PipelineEvent): EpisodeOutcome {
  const { status } = event.alert;
  if (known.status === 'resolved') {
    if (status === 'resolved') return duplicate(known, 'this episode is already known to be resolved');
    return { kind: 'stale', why: 'this episode has already been resolved; only a later start opens a new one' };
  }
  if (known.replica === null && event.alert.replica === null) {
    if (status === 'firing') return duplicate(known, 'this episode is already known to be firing');
    return { kind: 'resolved', of: known, why: 'the firing episode has ended' };
  }
  return status === 'resolved' ? ended(known, event) : stillFires(known, event);
}

/** Whether the event comes from another replica than the one that the newest episode of the same labels began with. */
function isTwin(newest: EpisodeFacts, { alert }: PipelineEvent): boolean {
  if (newest.replica === null && alert.replica === null) return false;
  const words = readReplicas(newest.replica);
  const name = replicaName(alert.replica);
  // Alone in the episode: then it is simply its next one, or an earlier one.
  return words.some((word) => word.name !== name);
}

function decideFiringTwin(newest: EpisodeFacts, event: PipelineEvent): EpisodeOutcome {
  const { alert, at } = event;
  if (alert.status === 'firing') return stillFires(newest, event);
  if ((alert.ends_at_ms ?? at) < newest.starts_at_ms) {
    return { kind: 'stale', why: 'the end of an earlier episode than the one that is known' };
  }
  return ended(newest, event);
}

function decideEndedTwin(newest: EpisodeFacts, { alert, at }: PipelineEvent): EpisodeOutcome | null {
  const endedAt = newest.ends_at_ms ?? newest.starts_at_ms;
  const own = wordOf(readReplicas(newest.replica), replicaName(alert.replica));
  // Its own word first: the ends of two episodes may have been taken for one.
  if (alert.status === 'firing' && own && own.ended_at !== null) {
    if (alert.starts_at_ms > own.ended_at) return null;
    return { kind: 'stale', why: 'this replica has already reported the end; only a later start opens a new episode' };
  }
  if (alert.starts_at_ms > endedAt) return null;
  if (alert.status === 'resolved') return endedAgain(newest, alert, at);
  if (alert.starts_at_ms < newest.starts_at_ms - REPLICA_LAG_MS) {
    return { kind: 'stale', why: 'belongs to an earlier episode than the one that is known' };
  }
  if (at - endedAt > REPLICA_LAG_MS) return null;
  return { kind: 'stale', why: 'another replica has just reported the end; this one is late' };
}

/** The end of an episode that has ended: noted for this replica, so that its beginning, should it come late, opens nothing. */
function endedAgain(episode: EpisodeFacts, alert: PipelineEvent['alert'], at: number): EpisodeOutcome {
  const outcome = duplicate(episode, 'another replica has already reported the end');
  const words = readReplicas(episode.replica);
  const name = replicaName(alert.replica);
  const ended_at = alert.ends_at_ms ?? at;
  const own = wordOf(words, name);
  if (own && own.ended_at !== null && own.ended_at >= ended_at) return outcome;
  return { ...outcome, replica: writeReplicas(withWord(words, { name, ended_at })) };
}

/** A replica says that the alert of a firing episode has ended: it has once all replicas say so. */
function ended(episode: EpisodeFacts, { alert, at }: PipelineEvent): EpisodeOutcome {
  const before = readReplicas(episode.replica);
  const name = replicaName(alert.replica);
  const own = wordOf(before, name);
  const ended_at = alert.ends_at_ms ?? at;
  if (own && own.ended_at !== null && own.ended_at >= ended_at) {
    return duplicate(episode, `replica ${name} has already reported its end`);
  }
  const words = withWord(before, { name, ended_at });
  const replica = writeReplicas(words);
  if (!anyFires(words)) {
    return { kind: 'resolved', of: episode, why: 'the firing episode has ended for every replica', replica };
  }
  return {
    ...duplicate(episode, `ended for replica ${name}; ${firingNames(words)} still says that it fires`),
    replica,
  };
}

/** A replica says that the alert of a firing episode fires. */
function stillFires(episode: EpisodeFacts, { alert }: PipelineEvent): EpisodeOutcome {
  const before = readReplicas(episode.replica);
  const name = replicaName(alert.replica);
  const own = wordOf(before, name);
  if (own?.ended_at === null) return duplicate(episode, 'this episode is already known to be firing');
  if (own && alert.starts_at_ms <= own.ended_at!) return duplicate(episode, `late: it has ended for replica ${name}`);
  const why = `another replica (${firingNames(before)}) reports this alert and says that it fires`;
  // Most likely late news of the episode before: waiting for its end could be in vain.
  if (!own && alert.starts_at_ms < episode.starts_at_ms - REPLICA_LAG_MS) return duplicate(episode, why);
  return { ...duplicate(episode, why), replica: writeReplicas(withWord(before, { name, ended_at: null })) };
}

const duplicate = (of: EpisodeFacts, why: string): Extract<EpisodeOutcome, { kind: 'duplicate' }> => ({
  kind: 'duplicate',
  of,
  why,
});

const firingNames = (words: readonly ReplicaWord[]): string =>
  words.flatMap(({ name, ended_at }) => (ended_at === null ? name : [])).join(', ');
