import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { AlertSnapshot } from './alerts';
import { defineEvent, defineRequest } from './contract';
import { Actor, ById, PageQuery } from './kit';

export const ANALYSIS_STATES = ['pending', 'processing', 'completed', 'failed'] as const;
export type AnalysisState = (typeof ANALYSIS_STATES)[number];

export const DECISION_ACTIONS = ['auto_resolve', 'immediate_escalation', 'smart_routing', 'manual_review'] as const;
export type DecisionAction = (typeof DECISION_ACTIONS)[number];

export const PRIORITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Priority = (typeof PRIORITIES)[number];

export class SimilarIncident {
  @IsString() @MaxLength(100) incident_id!: string;
  @IsNumber() @Min(0) @Max(1) similarity!: number;
  @IsOptional() @IsString() @MaxLength(4000) resolution?: string | null;
}

/** What an analyst found. All of it is data for people and the decision engine; none of it is ever executed. */
export class AnalysisResult {
  @IsString() @MaxLength(20_000) root_cause!: string;
  /** 0 (harmless) to 1 (outage); null when the analyst gave none. */
  @IsOptional() @IsNumber({ allowNaN: false, allowInfinity: false }) @Min(0) @Max(1) severity_score?: number | null;
  @IsOptional() @IsNumber({ allowNaN: false, allowInfinity: false }) @Min(0) @Max(1) confidence?: number | null;
  @IsArray() @IsString({ each: true }) @MaxLength(4000, { each: true }) suggested_actions!: string[];
  @IsOptional() @IsString() @MaxLength(100) estimated_resolution_time?: string | null;
  @IsArray() @ValidateNested({ each: true }) @Type(() => SimilarIncident) similar_incidents!: SimilarIncident[];
  @IsOptional() @IsString() @MaxLength(200) recommended_team?: string | null;
  /** Who analysed: `built-in`, `dify` or `n8n`. */
  @IsOptional() @IsString() @MaxLength(50) analyst?: string | null;
}

export class DecisionView {
  @IsString() id!: string;
  @IsString() incident_id!: string;
  @IsString() analysis_id!: string;
  @IsIn(DECISION_ACTIONS) action!: DecisionAction;
  @IsString() reason!: string;
  @IsIn(PRIORITIES) priority!: Priority;
  @IsBoolean() escalation_required!: boolean;
  @IsOptional() @IsString() target_team?: string | null;
  /** Which thresholds decided, so that the decision can be replayed. */
  @IsString() policy_version!: string;
  @IsString() decided_at!: string;
}

export class AnalysisView {
  @IsString() analysis_id!: string;
  @IsIn(ANALYSIS_STATES) status!: AnalysisState;
  @IsOptional() @IsString() incident_id?: string | null;
  @IsString() alert_id!: string;
  /** The workflow routing picked, and why. */
  @IsString() workflow!: string;
  @IsOptional() @IsString() workflow_reason?: string | null;
  /** `n8n` or `built-in`: which engine ran the workflow. */
  @IsOptional() @IsString() engine?: string | null;
  /** Why the built-in workflow took over from the one that routing picked. */
  @IsOptional() @IsString() fallback_reason?: string | null;
  @IsOptional() @ValidateNested() @Type(() => AnalysisResult) result?: AnalysisResult | null;
  @IsOptional() @ValidateNested() @Type(() => DecisionView) decision?: DecisionView | null;
  @IsOptional() @IsString() error?: string | null;
  @IsString() created_at!: string;
  @IsOptional() @IsString() completed_at?: string | null;
  @IsOptional() @IsString() estimated_completion?: string | null;
}

export class AnalysisPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => AnalysisView) items!: AnalysisView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class ListAnalyses extends PageQuery {
  @IsOptional() @IsString() @MaxLength(100) incident_id?: string | null;
  @IsOptional() @IsString() @MaxLength(100) alert_id?: string | null;
  @IsOptional() @IsIn(ANALYSIS_STATES) status?: AnalysisState | null;
}

/** Which evidence an analysis asked for over REST should gather. */
export class AnalysisContext {
  @IsOptional() @IsBoolean() historical_data?: boolean | null;
  @IsOptional() @IsBoolean() related_metrics?: boolean | null;
  @IsOptional() @IsBoolean() similar_incidents?: boolean | null;
}

/** Body of `POST /api/v1/alerts/analyze`. */
export class AnalyzeInput {
  @IsString() @MaxLength(100) alert_id!: string;
  @IsOptional() @ValidateNested() @Type(() => AnalysisContext) context?: AnalysisContext | null;
}

export class StartAnalysis {
  @ValidateNested() @Type(() => AlertSnapshot) alert!: AlertSnapshot;
  @IsOptional() @IsString() incident_id?: string | null;
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  @IsOptional() @ValidateNested() @Type(() => AnalysisContext) context?: AnalysisContext | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

/** Body of the status callback: an outside workflow reports what became of an analysis. */
export class AnalysisStatusInput {
  @IsIn(['processing', 'completed', 'failed']) status!: 'processing' | 'completed' | 'failed';
  @IsOptional() @ValidateNested() @Type(() => AnalysisResult) result?: AnalysisResult | null;
  @IsOptional() @IsString() @MaxLength(2000) error?: string | null;
}

export class ReportAnalysisStatus extends AnalysisStatusInput {
  @IsString() analysis_id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

/** Body of `POST /api/v1/alerts/escalate`. */
export class EscalationInput {
  @IsString() @MaxLength(100) alert_id!: string;
  @IsOptional() @IsString() @MaxLength(100) escalation_type?: string | null;
  @IsOptional() @IsString() @MaxLength(200) target_team?: string | null;
  @IsOptional() @IsIn(PRIORITIES) priority?: Priority | null;
  @IsOptional() @IsString() @MaxLength(4000) reason?: string | null;
  /** Whatever the workflow wants kept beside it; at most 64 KiB, shown, never interpreted. */
  @IsOptional() @IsObject() analysis?: object | null;
}

export class Escalate extends EscalationInput {
  @IsOptional() @IsString() incident_id?: string | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class EscalationView {
  @IsString() id!: string;
  @IsString() alert_id!: string;
  @IsOptional() @IsString() incident_id?: string | null;
  @IsString() escalation_type!: string;
  @IsOptional() @IsString() target_team?: string | null;
  @IsIn(PRIORITIES) priority!: Priority;
  @IsOptional() @IsString() reason?: string | null;
  /** What the asking workflow wanted kept beside it. */
  @IsOptional() @IsObject() analysis?: object | null;
  /** `decision` when AlertAgent decided it, else the name of the token that asked. */
  @IsString() requested_by!: string;
  @IsString() created_at!: string;
}

export class EscalationPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => EscalationView) items!: EscalationView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class ListByIncident extends PageQuery {
  @IsOptional() @IsString() @MaxLength(100) incident_id?: string | null;
  @IsOptional() @IsString() @MaxLength(100) alert_id?: string | null;
}

/** Where an action would act. */
export class ActionTarget {
  @IsOptional() @IsString() @MaxLength(100) cluster?: string | null;
  @IsOptional() @IsString() @MaxLength(100) namespace?: string | null;
  @IsOptional() @IsString() @MaxLength(200) service?: string | null;
}

/** Body of `POST /api/v1/automation/execute`: a request that somebody must approve. */
export class ActionInput {
  @IsString() @MaxLength(100) action_type!: string;
  @IsOptional() @IsString() @MaxLength(100) alert_id?: string | null;
  @IsOptional() @ValidateNested() @Type(() => ActionTarget) target?: ActionTarget | null;
  @IsOptional() @IsObject() parameters?: object | null;
}

export class RequestAction extends ActionInput {
  @IsOptional() @IsString() incident_id?: string | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class ActionView {
  @IsString() id!: string;
  @IsString() action_type!: string;
  @IsOptional() @IsString() alert_id?: string | null;
  @IsOptional() @IsString() incident_id?: string | null;
  @IsOptional() @ValidateNested() @Type(() => ActionTarget) target?: ActionTarget | null;
  @IsOptional() @IsObject() parameters?: object | null;
  /** `pending_approval`: nothing is executed until somebody approves. */
  @IsIn(['pending_approval', 'rejected']) execution_status!: 'pending_approval' | 'rejected';
  @IsBoolean() dry_run!: boolean;
  @IsOptional() @IsString() reason?: string | null;
  @IsString() requested_by!: string;
  @IsString() created_at!: string;
}

export class ActionPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ActionView) items!: ActionView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

/** An analysis ended, well or badly. */
export class AnalysisCompleted {
  @IsString() incident_id!: string;
  @ValidateNested() @Type(() => AnalysisView) analysis!: AnalysisView;
}

export class DecisionMade {
  @IsString() incident_id!: string;
  @ValidateNested() @Type(() => DecisionView) decision!: DecisionView;
}

export class ActionRequested {
  @IsString() action_id!: string;
  @ValidateNested() @Type(() => ActionView) action!: ActionView;
}

export class EscalationRaised {
  @IsString() escalation_id!: string;
  @ValidateNested() @Type(() => EscalationView) escalation!: EscalationView;
}

const owner = 'ai' as const;

/** An analysis of an incident ended; the gateway shows it with the incident. */
export const analysisCompleted = defineEvent({
  owner,
  subject: 'alertagent.ai.v1.analysis-completed',
  payload: AnalysisCompleted,
  key: 'incident_id',
});
/** The decision engine decided on an incident. */
export const decisionMade = defineEvent({
  owner,
  subject: 'alertagent.ai.v1.decision-made',
  payload: DecisionMade,
  key: 'incident_id',
});
/** Somebody or something asked for an action; it waits for approval. */
export const actionRequested = defineEvent({
  owner,
  subject: 'alertagent.ai.v1.action-requested',
  payload: ActionRequested,
  key: 'action_id',
});
/** An alert or incident was escalated to people. */
export const escalationRaised = defineEvent({
  owner,
  subject: 'alertagent.ai.v1.escalation-raised',
  payload: EscalationRaised,
  key: 'escalation_id',
});

export const startAnalysis = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.start-analysis',
  request: StartAnalysis,
  reply: AnalysisView,
});
export const getAnalysis = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.get-analysis',
  request: ById,
  reply: AnalysisView,
});
export const listAnalyses = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.list-analyses',
  request: ListAnalyses,
  reply: AnalysisPage,
});
export const reportAnalysisStatus = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.report-analysis-status',
  request: ReportAnalysisStatus,
  reply: AnalysisView,
});
export const escalate = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.escalate',
  request: Escalate,
  reply: EscalationView,
});
export const listEscalations = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.list-escalations',
  request: ListByIncident,
  reply: EscalationPage,
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
  request: ListByIncident,
  reply: ActionPage,
});
export const getAction = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.get-action',
  request: ById,
  reply: ActionView,
});
