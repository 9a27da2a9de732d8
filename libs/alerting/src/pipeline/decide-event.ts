import type { CompiledPolicy } from '../policy/compile-policy';
import { converge, memberResolved } from './converge';
import { decideEpisode, type EpisodeOutcome } from './episode';
import type { EpisodeFacts, PipelineEvent, Situation } from './facts';
import { stateChange } from './flapping';
import type { EpisodeChange, PipelineDisposition, StageNote, Verdict } from './verdict';

/**
 * What becomes of one alert event: dedupe → flapping → suppress → converge → prioritise → route. A pure function of the policy, the
 * event and the situation, so that a stored decision can be replayed and a changed policy be tried on old alerts.
 */
export function decideEvent(policy: CompiledPolicy, event: PipelineEvent, situation: Situation): Verdict {
  const notes: StageNote[] = [];
  const outcome = decideEpisode(situation.known, situation.newest, event);
  notes.push({ stage: 'dedupe', outcome: outcome.kind, why: outcome.why });
  const verdict = (disposition: PipelineDisposition, rest: Partial<Verdict> = {}): Verdict => ({
    disposition,
    why: notes.at(-1)!.why,
    notes,
    episode: { kind: 'none' },
    incident: { kind: 'none' },
    counts: [],
    ...rest,
  });

  switch (outcome.kind) {
    case 'stale':
      return verdict('stale');
    case 'duplicate': {
      const known = outcome.of;
      // The suppression that hid it may be over: then this repetition is what brings it to people's attention.
      if (event.alert.status === 'firing' && known.status === 'firing' && known.suppressed_by !== null) {
        return stillHidden(policy, event, situation, outcome, verdict, notes);
      }
      return verdict('duplicate', { episode: { kind: 'seen', ...replicaOf(outcome) } });
    }
    case 'resolved': {
      const { changes, flapping } = stateChange(
        policy,
        outcome.of ?? situation.newest,
        event.alert.ends_at_ms ?? event.at,
      );
      const ends_at_ms = event.alert.ends_at_ms ?? event.at;
      if (outcome.of === null) {
        const supersedes = isOpen(situation.newest);
        const episode: EpisodeChange = {
          kind: 'start',
          status: 'resolved',
          ends_at_ms,
          suppressed_by: null,
          changes,
          flapping,
          supersedes,
        };
        return verdict('resolved', { episode });
      }
      const incident = memberResolved(policy, event, situation, flapping, notes);
      const episode: EpisodeChange = { kind: 'resolve', ends_at_ms, changes, flapping, ...replicaOf(outcome) };
      return verdict('resolved', { episode, incident });
    }
    case 'opened':
      return opened(policy, event, situation, verdict, notes);
  }
}

type MakeVerdict = (disposition: PipelineDisposition, rest?: Partial<Verdict>) => Verdict;

function stillHidden(
  policy: CompiledPolicy,
  event: PipelineEvent,
  situation: Situation,
  outcome: Extract<EpisodeOutcome, { kind: 'duplicate' }>,
  verdict: MakeVerdict,
  notes: StageNote[],
): Verdict {
  const { of: known } = outcome;
  const hidden = policy.suppressions.judge(event, situation);
  if (hidden) {
    notes.push({ stage: 'suppress', outcome: 'suppressed', why: hidden.why });
    const isSame = hidden.suppression_id === known.suppressed_by;
    return verdict('duplicate', {
      episode: {
        ...(isSame ? { kind: 'seen' } : { kind: 'hidden_by', suppressed_by: hidden.suppression_id }),
        ...replicaOf(outcome),
      },
    });
  }
  notes.push({ stage: 'suppress', outcome: 'released', why: 'what hid it is over, and it still fires' });
  const { disposition, incident } = converge(policy, event, situation, known.flapping, notes);
  return verdict(disposition, {
    episode: { kind: 'hidden_by', suppressed_by: null, ...replicaOf(outcome) },
    incident,
    counts: countsOf(policy, event),
  });
}

function opened(
  policy: CompiledPolicy,
  event: PipelineEvent,
  situation: Situation,
  verdict: MakeVerdict,
  notes: StageNote[],
): Verdict {
  const supersedes = isOpen(situation.newest);
  if (supersedes) {
    const why = 'the earlier episode of this alert was still open: its end never arrived';
    notes.push({ stage: 'dedupe', outcome: 'superseded', why });
  }
  const { changes, flapping } = stateChange(policy, situation.newest, event.alert.starts_at_ms);
  if (flapping) {
    const why = `changed its state ${changes.length} times in a short while: flapping`;
    notes.push({ stage: 'flapping', outcome: 'flapping', why });
  }
  const start = { kind: 'start', status: 'firing', ends_at_ms: null, changes, flapping, supersedes } as const;
  const hidden = policy.suppressions.judge(event, situation);
  if (hidden) {
    notes.push({ stage: 'suppress', outcome: 'suppressed', why: hidden.why });
    return verdict('suppressed', { episode: { ...start, suppressed_by: hidden.suppression_id } });
  }
  const { disposition, incident } = converge(policy, event, situation, flapping, notes);
  return verdict(disposition, {
    episode: { ...start, suppressed_by: null },
    incident,
    counts: countsOf(policy, event),
  });
}

/** What the replicas say, when that has changed. */
const replicaOf = ({ replica }: { replica?: string }): { replica?: string } =>
  replica === undefined ? {} : { replica };

const isOpen = (episode: EpisodeFacts | null): boolean => episode !== null && episode.status === 'firing';

const countsOf = (policy: CompiledPolicy, { alert, at }: PipelineEvent): string[] =>
  policy.suppressions.capKeysOf(alert, at).map(({ cap_key }) => cap_key);
