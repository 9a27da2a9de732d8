import type { ActionParameters, ActionPlan, ActionState, ActionTarget } from '@alertagent/alerting';
import type { ActionView } from '@alertagent/contracts';

/** What made a request. */
export type ActionOrigin = 'request' | 'suggestion' | 'autonomy';

/** One step in the life of a request. */
export interface ActionStep {
  status: ActionState;
  /** Epoch milliseconds. */
  at: number;
  by: string;
  reason: string | null;
}

/** A request to act on a system, from the wish to what came of it. */
export interface RequestedAction {
  id: string;
  /** Makes a repeated request the same request; unique. */
  requestKey: string;
  /** Counts changes: of two who change it at once only one does. */
  revision: number;
  actionType: string;
  alertId: string | null;
  incidentId: string | null;
  target: ActionTarget | null;
  parameters: ActionParameters | null;
  executionStatus: ActionState;
  dryRun: boolean;
  reason: string | null;
  origin: ActionOrigin | null;
  /** The suggestion that its outcome counts for. */
  suggestionId: string | null;
  requestedBy: string;
  requestedById: string | null;
  /** Of the target, for counting. */
  cluster: string | null;
  targetKey: string | null;
  plan: ActionPlan | null;
  approvalHash: string | null;
  approvedBy: string | null;
  approvedById: string | null;
  /** Until when it may be approved or, once approved, begin. */
  expiresAt: Date | null;
  /** Held by the worker that has it in hand; whatever a worker without it writes is refused. */
  leaseToken: string | null;
  /** When a worker looks at it next; null when nothing more happens by itself. */
  dueAt: Date | null;
  /** How often it was begun. More than once only where the target does the same request once. */
  attempts: number;
  executionResult: object | null;
  errorMessage: string | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** Until when its check must hold. */
  checkUntil: Date | null;
  steps: ActionStep[] | null;
  createdAt: Date;
  updatedAt: Date | null;
}

/** An action as others see it. */
export function actionView(action: RequestedAction): ActionView {
  const { startedAt, finishedAt } = action;
  return {
    id: action.id,
    action_type: action.actionType,
    alert_id: action.alertId,
    incident_id: action.incidentId,
    target: action.target,
    parameters: action.parameters,
    execution_status: action.executionStatus,
    dry_run: action.dryRun,
    reason: action.reason,
    requested_by: action.requestedBy,
    origin: action.origin ?? 'request',
    plan: action.plan,
    approval_hash: action.approvalHash,
    approved_by: action.approvedBy,
    expires_at: action.expiresAt?.toISOString() ?? null,
    execution_result: action.executionResult,
    execution_time: startedAt && finishedAt ? Math.max(0, finishedAt.getTime() - startedAt.getTime()) : null,
    error_message: action.errorMessage,
    started_at: startedAt?.toISOString() ?? null,
    finished_at: finishedAt?.toISOString() ?? null,
    steps: (action.steps ?? []).map(({ at, ...step }) => ({ ...step, at: new Date(at).toISOString() })),
    created_at: action.createdAt.toISOString(),
    updated_at: (action.updatedAt ?? action.createdAt).toISOString(),
  };
}
