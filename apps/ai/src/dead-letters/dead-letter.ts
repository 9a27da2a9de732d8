import type { DeadLetterKind } from '@alertagent/contracts';
import { newId } from '@alertagent/service-kit';

/** A workflow's run that never was, kept for people: they replay the analysis or delete the letter. */
export interface DeadLetter {
  id: string;
  /** One letter per analysis: one that dies again replaces the earlier. */
  analysisId: string;
  incidentId: string | null;
  alertId: string;
  workflow: string;
  kind: DeadLetterKind;
  /** Safe to show. */
  reason: string;
  /** How often the workflow's start was tried. */
  attempts: number;
  lastError: string | null;
  createdAt: Date;
}

/** An analysis as far as its letter tells about it. */
interface LostAnalysis {
  id: string;
  incidentId: string | null;
  alertId: string;
  workflow: string;
  attempts: number;
  error: string | null;
}

/** The letter of an analysis that was lost now. */
export function letterOf(
  { id, incidentId, alertId, workflow, attempts, error }: LostAnalysis,
  { kind, reason, now }: { kind: DeadLetterKind; reason: string; now: Date },
): DeadLetter {
  return {
    id: newId(),
    analysisId: id,
    incidentId,
    alertId,
    workflow,
    kind,
    reason,
    attempts,
    lastError: error,
    createdAt: now,
  };
}
