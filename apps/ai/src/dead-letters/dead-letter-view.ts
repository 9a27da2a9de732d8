import type { AnalysisState, DeadLetterView } from '@alertagent/contracts';
import type { DeadLetter } from './dead-letter';

/** An analysis as far as its letter depends on it. */
interface State {
  status: AnalysisState;
  replays: number;
}

/** Why the analysis of a letter is not begun anew; null when it may be. */
export function refusalOf({ kind }: Pick<DeadLetter, 'kind'>, analysis: State | null): string | null {
  if (!analysis) return 'the analysis is gone';
  const { status } = analysis;
  if (status === 'failed' || (status === 'cancelled' && kind === 'stale')) return null;
  if (status === 'completed') return 'the analysis has a result; ask for another with POST /api/v1/alerts/analyze';
  if (status === 'cancelled') return 'somebody cancelled the analysis';
  return `the analysis is being worked on: it is ${status}`;
}

/** A letter as others see it. */
export function letterView(letter: DeadLetter, analysis: State | null): DeadLetterView {
  return {
    id: letter.id,
    analysis_id: letter.analysisId,
    incident_id: letter.incidentId,
    alert_id: letter.alertId,
    workflow: letter.workflow,
    kind: letter.kind,
    reason: letter.reason,
    attempts: letter.attempts,
    last_error: letter.lastError,
    replays: analysis?.replays ?? 0,
    analysis_status: analysis?.status ?? null,
    replayable: refusalOf(letter, analysis) === null,
    created_at: letter.createdAt.toISOString(),
  };
}
