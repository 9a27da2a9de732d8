import { matchSuppression, type CompiledSuppression } from '@alertagent/alerting';
import { end, pass, type Stage } from '../batch';

/** Keeps known noise from opening incidents. Ends always pass: what was hidden must still be able to close. */
export function suppressBy(rules: CompiledSuppression[]): Stage {
  return (event, batch) => {
    const { alert, episode, webhook } = event;
    if (alert.status === 'resolved' || !episode) return 'next';
    const match = matchSuppression(rules, alert, webhook.received_at);
    if (match) {
      const note = { stage: 'suppress', outcome: 'suppressed', why: match.why } as const;
      if (episode.suppressed_by !== null) return end(event, note, 'duplicate');
      episode.suppressed_by = match.name;
      batch.suppressions.push({ event, ...match });
      return end(event, note, 'suppressed');
    }
    if (episode.suppressed_by !== null) {
      episode.suppressed_by = null;
      episode.isChanged = true;
      return pass(event, { stage: 'suppress', outcome: 'released', why: 'the suppression that hid it is over' });
    }
    return pass(event, { stage: 'suppress', outcome: 'passed', why: 'no suppression applies' });
  };
}
