import type { ModelProvider } from '@alertagent/contracts';

/** How a call ended that was made. */
export const CALL_OUTCOMES = ['answered', 'failed', 'cut'] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

/** One line of the ledger: a call of a model, from the moment it was allowed, or one that was refused. */
export interface ModelCall {
  id: string;
  analysisId: string;
  /** What the limits of an incident are counted by: the incident, or without one the analysis. */
  scopeId: string;
  /** The day in UTC on which it began, such as `2026-11-28`. */
  day: string;
  provider: ModelProvider;
  /** Model or app that was asked. */
  app: string;
  state: 'reserved' | 'settled' | 'refused';
  outcome: CallOutcome | null;
  /** Why it was refused, or failed. */
  reason: string | null;
  /** While it is reserved, what it may take; then, what it took. */
  inputTokens: number;
  outputTokens: number;
  costMicros: number;
  ms: number;
  isEstimated: boolean;
  /** Dify's name of the answer, which people's opinion of it is sent under. */
  messageId: string | null;
  /** Until when a call that never ended counts: whoever made it is gone. */
  deadline: Date;
  createdAt: Date;
  settledAt: Date | null;
}

/** What a call took. */
export type CallUsage = Pick<ModelCall, 'inputTokens' | 'outputTokens' | 'costMicros' | 'isEstimated'>;

/** The day in UTC that a time is on. */
export const dayOf = (time: Date): string => time.toISOString().slice(0, 10);

/** When the day after that begins. */
export const nextDay = (day: string): Date => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000);
