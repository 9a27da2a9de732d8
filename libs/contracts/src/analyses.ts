import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
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
import { ModelUsage } from './budget';
import { defineEvent, defineRequest } from './contract';
import { DecisionView } from './decisions';
import { Actor, ById, PageQuery } from './kit';

export const ANALYSIS_STATES = ['pending', 'processing', 'completed', 'failed', 'cancelled'] as const;
export type AnalysisState = (typeof ANALYSIS_STATES)[number];

export class SimilarIncident {
  @IsString() @MaxLength(100) incident_id!: string;
  @IsNumber() @Min(0) @Max(1) similarity!: number;
  @IsOptional() @IsString() @MaxLength(4000) resolution?: string | null;
}

/** A document that an analyst was given to read. */
export class KnowledgeSource {
  @IsString() @MaxLength(100) document_id!: string;
  @IsInt() @Min(1) version!: number;
  @IsString() @MaxLength(300) title!: string;
  @IsOptional() @IsString() @MaxLength(2000) url?: string | null;
}

/** Something that was looked up before an analyst was asked, as it was then. */
export class EvidenceView {
  /** What claims refer to. */
  @IsString() @MaxLength(50) id!: string;
  /** `alert`, `rule`, `rule_versions`, `metrics`, `similar_incidents` or `knowledge`. */
  @IsString() @MaxLength(50) kind!: string;
  @IsString() @MaxLength(200) title!: string;
  /** What exactly was asked, for asking again; null for what was at hand. */
  @IsOptional() @IsString() @MaxLength(20_000) query?: string | null;
  /** SHA-256 of what came back, as JSON with sorted keys. */
  @IsString() @MaxLength(64) sha256!: string;
  /** What came back, as JSON, cut at 2,000 characters. */
  @IsString() @MaxLength(2_001) excerpt!: string;
}

/** What the analyst said can be checked of a claim; all of them held for one that is kept. */
export class ClaimCheckView {
  @IsString() evidence!: string;
  /** JSON pointer into the evidence. */
  @IsString() path!: string;
  /** `max`, `min`, `mean`, `first`, `last` or `count` of the numbers there; null compares the value. */
  @IsOptional() @IsString() statistic?: string | null;
  @IsString() op!: string;
  @IsString() value!: string;
}

/** Something that the analyst stated. */
export class ClaimView {
  @IsString() @MaxLength(1_000) text!: string;
  @IsArray() @IsString({ each: true }) evidence!: string[];
  /** Whether they say what the text says is for the reader to judge. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => ClaimCheckView) checks?: ClaimCheckView[] | null;
  /** `kept` when what it cites bears it, else `struck`. */
  @IsIn(['kept', 'struck']) verdict!: 'kept' | 'struck';
  /** Why it was struck out. */
  @IsOptional() @IsString() @MaxLength(500) reason?: string | null;
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
  /** Who analysed: `built-in`, `dify`, `openai` or `n8n`. */
  @IsOptional() @IsString() @MaxLength(50) analyst?: string | null;
  /** Why the built-in analyst answered although a model is configured. */
  @IsOptional() @IsString() @MaxLength(1_000) analyst_reason?: string | null;
  /** What the analyst was given to read, best first; absent when a workflow answered. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => KnowledgeSource) sources?:
    KnowledgeSource[] | null;
  /** What was looked up before the analyst was asked. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => EvidenceView) evidence?: EvidenceView[] | null;
  /** What the analyst stated, each held against what it cites. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => ClaimView) claims?: ClaimView[] | null;
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
  /** What models took for it so far; null when none was asked. */
  @IsOptional() @ValidateNested() @Type(() => ModelUsage) usage?: ModelUsage | null;
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

/** Something that a workflow states about the incident. It is held against the evidence that the workflow was started with. */
export class ReportedClaim {
  /** What is stated; what follows the first 1,000 characters is cut. */
  @IsString() text!: string;
  /** Ids of the evidence that it is read from, as the `prompt` names them, e.g. `m1`. */
  @IsArray() @IsString({ each: true }) evidence!: string[];
  /**
   * What can be checked of it where the text alone cannot be compared: `{evidence, path, statistic, op, value}` with `path` a JSON pointer into
   * the evidence, `statistic` `max`, `min`, `mean`, `first`, `last`, `count` or none, and `op` `==`, `!=`, `<`, `<=`, `>`, `>=` or `contains`. One
   * that cannot be understood never holds.
   */
  @IsOptional() @IsArray() @IsObject({ each: true }) checks?: object[] | null;
}

/** Body of the status callback: an outside workflow reports what became of an analysis. */
export class AnalysisStatusInput {
  @IsIn(['processing', 'completed', 'failed']) status!: 'processing' | 'completed' | 'failed';
  @IsOptional() @ValidateNested() @Type(() => AnalysisResult) result?: AnalysisResult | null;
  /** What the result rests on; the first 20 count. Each is checked, and what does not hold is struck out in `result.claims`. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => ReportedClaim) claims?: ReportedClaim[] | null;
  @IsOptional() @IsString() @MaxLength(2000) error?: string | null;
}

export class ReportAnalysisStatus extends AnalysisStatusInput {
  @IsString() analysis_id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

/** Body of `POST /api/v1/alerts/analyze/{id}/cancel`. */
export class CancelAnalysisInput {
  /** Why, for those who read the analysis later. */
  @IsOptional() @IsString() @MaxLength(500) reason?: string | null;
}

export class CancelAnalysis extends CancelAnalysisInput {
  @IsString() @MaxLength(100) analysis_id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

/** An analysis ended: with a result, with a failure, or because somebody cancelled it. */
export class AnalysisCompleted {
  @IsString() incident_id!: string;
  @ValidateNested() @Type(() => AnalysisView) analysis!: AnalysisView;
}

const owner = 'ai' as const;

/** An analysis of an incident ended; the gateway shows it with the incident. */
export const analysisCompleted = defineEvent({
  owner,
  subject: 'alertagent.ai.v1.analysis-completed',
  payload: AnalysisCompleted,
  key: 'incident_id',
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
/** Errors: `not_found`; `conflict` when it is over otherwise. Cancelling twice is one cancellation. */
export const cancelAnalysis = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.cancel-analysis',
  request: CancelAnalysis,
  reply: AnalysisView,
});
export const reportAnalysisStatus = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.report-analysis-status',
  request: ReportAnalysisStatus,
  reply: AnalysisView,
  // What its claims cite is looked up again; callers wait for ten seconds.
  timeoutMs: 8_000,
});
