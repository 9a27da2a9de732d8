import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { ACTION_EXECUTORS, type ActionExecutor } from './action-catalogue';
import { defineEvent, defineRequest } from './contract';
import { Actor, ById, PageQuery } from './kit';
import { IsCleanText, IsStringMap } from './validators';

/** Where a request for an action stands; `docs/automation.md` draws the steps between them. */
export const ACTION_STATUSES = [
  'planned',
  'pending_approval',
  'approved',
  'executing',
  'succeeded',
  'checked',
  'check_failed',
  'failed',
  'unknown',
  'undoing',
  'undone',
  'undo_failed',
  'rejected',
  'cancelled',
  'expired',
] as const;
export type ActionStatus = (typeof ACTION_STATUSES)[number];

/** Where an action would act. */
export class ActionTarget {
  @IsOptional() @IsString() @MaxLength(100) cluster?: string | null;
  @IsOptional() @IsString() @MaxLength(100) namespace?: string | null;
  @IsOptional() @IsString() @MaxLength(200) service?: string | null;
}

/** Body of `POST /api/v1/automation/execute`: a request that a second person must approve. */
export class ActionInput {
  /** Id of an action of the catalogue. */
  @IsString() @MaxLength(100) action_type!: string;
  @IsOptional() @IsString() @MaxLength(100) alert_id?: string | null;
  /** What is left out comes from the alert: its cluster and its labels `namespace` and `service`. */
  @IsOptional() @ValidateNested() @Type(() => ActionTarget) target?: ActionTarget | null;
  @IsOptional() @IsObject() parameters?: object | null;
  /**
   * `true`: only work out what would happen. `false`: it is to be done, once approved. Left out: a proposal; it is a dry run until
   * somebody approves it.
   */
  @IsOptional() @IsBoolean() dry_run?: boolean | null;
  /** Why, for whoever approves. */
  @IsOptional() @IsString() @MaxLength(2000) reason?: string | null;
}

export class RequestAction extends ActionInput {
  @IsOptional() @IsString() incident_id?: string | null;
  /** The cluster that the alert came from, and its labels. */
  @IsOptional() @IsString() cluster_name?: string | null;
  @IsOptional() @IsStringMap() alert_labels?: Record<string, string> | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

/** What an action would do. */
export class ActionPlanView {
  @IsString() summary!: string;
  @IsIn(ACTION_EXECUTORS) executor!: ActionExecutor;
  @IsObject() call!: object;
  @IsString() post_check!: string;
  @IsString() undo!: string;
  @IsArray() @IsString({ each: true }) warnings!: string[];
}

/** One step in the life of a request. */
export class ActionStepView {
  @IsIn(ACTION_STATUSES) status!: ActionStatus;
  @IsString() at!: string;
  /** Who took it; `ai` for the service itself. */
  @IsString() by!: string;
  @IsOptional() @IsString() reason?: string | null;
}

export class ActionView {
  @IsString() id!: string;
  @IsString() action_type!: string;
  @IsOptional() @IsString() alert_id?: string | null;
  @IsOptional() @IsString() incident_id?: string | null;
  @IsOptional() @ValidateNested() @Type(() => ActionTarget) target?: ActionTarget | null;
  /** Complete: with the defaults of the catalogue. */
  @IsOptional() @IsObject() parameters?: object | null;
  @IsIn(ACTION_STATUSES) execution_status!: ActionStatus;
  /** False once it is, or may have been, more than a plan. */
  @IsBoolean() dry_run!: boolean;
  /** Why it stands where it stands. */
  @IsOptional() @IsString() reason?: string | null;
  @IsString() requested_by!: string;
  /** `request` when somebody asked for it, `autonomy` when the record of the action let it run without a person. */
  @IsIn(['request', 'suggestion', 'autonomy']) origin!: 'request' | 'suggestion' | 'autonomy';
  /** What would be done. */
  @IsOptional() @ValidateNested() @Type(() => ActionPlanView) plan?: ActionPlanView | null;
  /** Covers action, target, parameters and incident: what an approval is for. */
  @IsOptional() @IsString() approval_hash?: string | null;
  @IsOptional() @IsString() approved_by?: string | null;
  /** Until when it may be approved; once approved, until when it may begin. */
  @IsOptional() @IsString() expires_at?: string | null;
  /** What the executor answered. */
  @IsOptional() @IsObject() execution_result?: object | null;
  /** Milliseconds. */
  @IsOptional() @IsInt() execution_time?: number | null;
  @IsOptional() @IsString() error_message?: string | null;
  @IsOptional() @IsString() started_at?: string | null;
  @IsOptional() @IsString() finished_at?: string | null;
  /** Oldest first. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => ActionStepView) steps!: ActionStepView[];
  @IsString() created_at!: string;
  @IsString() updated_at!: string;
}

export class ActionPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ActionView) items!: ActionView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

/** Filters of `GET /api/v1/automation/actions`. */
export class ListActions extends PageQuery {
  @IsOptional() @IsString() @MaxLength(100) incident_id?: string | null;
  @IsOptional() @IsString() @MaxLength(100) alert_id?: string | null;
  @IsOptional() @IsString() @MaxLength(100) action_type?: string | null;
  @IsOptional() @IsIn(ACTION_STATUSES) execution_status?: ActionStatus | null;
}

/** Body of the verdict on a request. */
export class ActionVerdictInput {
  /** What was read before it was approved: refused with 409 when the request is not that any more. */
  @IsOptional() @Matches(/^[0-9a-f]{64}$/) approval_hash?: string | null;
  @IsOptional() @IsString() @MaxLength(2000) comment?: string | null;
}

export class DecideAction extends ActionVerdictInput {
  @IsString() @MaxLength(100) id!: string;
  @IsIn(['approve', 'reject', 'cancel', 'undo']) verdict!: 'approve' | 'reject' | 'cancel' | 'undo';
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

/** Body that says what became of an action nobody could tell about. */
export class SettleActionInput {
  @IsIn(['succeeded', 'failed']) outcome!: 'succeeded' | 'failed';
  /** How that was found out. */
  @IsCleanText() @MaxLength(2000) comment!: string;
}

export class SettleAction extends SettleActionInput {
  @IsString() @MaxLength(100) id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class ActionRequested {
  @IsString() action_id!: string;
  @ValidateNested() @Type(() => ActionView) action!: ActionView;
}

const owner = 'ai' as const;

/** Somebody or something asked for an action; it waits for approval. */
export const actionRequested = defineEvent({
  owner,
  subject: 'alertagent.ai.v1.action-requested',
  payload: ActionRequested,
  key: 'action_id',
});
/** A request went from one state to another. */
export const actionChanged = defineEvent({
  owner,
  subject: 'alertagent.ai.v1.action-changed',
  payload: ActionRequested,
  key: 'action_id',
});

export const requestAction = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.request-action',
  request: RequestAction,
  reply: ActionView,
});
export const listActions = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.list-actions',
  request: ListActions,
  reply: ActionPage,
});
export const getAction = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.get-action',
  request: ById,
  reply: ActionView,
});
/** Errors: `forbidden` for who asked for it, `conflict` when it does not wait for that any more. */
export const decideAction = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.decide-action',
  request: DecideAction,
  reply: ActionView,
});
/** A person found out what became of an action in state `unknown`. */
export const settleAction = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.settle-action',
  request: SettleAction,
  reply: ActionView,
});
