import type { ActionParameters, ActionTarget, CatalogueEntry } from '@alertagent/alerting';

/** One execution of an action. */
export interface ActionCall {
  /** Id of the action; the idempotency key, the same for every repetition. */
  id: string;
  entry: CatalogueEntry;
  target: ActionTarget;
  parameters: ActionParameters;
  incidentId: string | null;
  alertId: string | null;
  requestedBy: string;
  approvedBy: string | null;
}

/** What is known after an execution. Nothing is assumed: a call whose answer was not seen may have had its effect. */
export type ExecutionOutcome =
  | { kind: 'done'; result: object }
  /** It had no effect, for certain. */
  | { kind: 'refused'; error: string }
  /** It may have had its effect. */
  | { kind: 'unknown'; error: string };

/** Carries actions out. Does it once per call, repeats nothing by itself, and throws only what is a bug. */
export interface ActionExecutor {
  /** Whether what it needs is configured. */
  isAvailable(entry: CatalogueEntry): boolean;
  execute(call: ActionCall): Promise<ExecutionOutcome>;
  /** Takes back what `execute` answered `result` to. Only for entries that say it can be. */
  undo(call: ActionCall, result: object | null): Promise<ExecutionOutcome>;
}
