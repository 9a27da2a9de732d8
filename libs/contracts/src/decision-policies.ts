import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
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
import { defineRequest } from './contract';
import { DECISION_ACTIONS, DecisionView, PRIORITIES, type DecisionAction, type Priority } from './decisions';
import { Actor, PageQuery } from './kit';
import { IsCleanText } from './validators';

/** Where decisions draw their lines; scores from 0 to 1. */
export class DecisionThresholdsDto {
  @IsNumber() auto_resolve_below_severity!: number;
  @IsNumber() auto_resolve_above_confidence!: number;
  @IsNumber() escalate_above_severity!: number;
  @IsNumber() escalate_below_confidence!: number;
  @IsNumber() high_priority_above_severity!: number;
  @IsNumber() routed_escalation_above_severity!: number;
  @IsString() @MaxLength(200) default_team!: string;
}

export class DecisionRuleDto {
  @IsCleanText() @MaxLength(100) name!: string;
  /** CEL over `severity_score`, `confidence`, `labels`, `name`, `severity`, `cluster` and `team`. */
  @IsString() @MaxLength(2000) when!: string;
  @IsIn(DECISION_ACTIONS) action!: DecisionAction;
  @IsIn(PRIORITIES) priority!: Priority;
  @IsBoolean() escalation_required!: boolean;
  @IsOptional() @IsString() @MaxLength(200) target_team?: string | null;
}

/** Body of `POST /api/v1/ai/decision-policies`. */
export class DecisionPolicyInput {
  @ValidateNested() @Type(() => DecisionThresholdsDto) thresholds!: DecisionThresholdsDto;
  /** The first that holds counts; what the thresholds escalate is escalated before any rule is asked. */
  @IsArray() @ArrayMaxSize(100) @ValidateNested({ each: true }) @Type(() => DecisionRuleDto) rules!: DecisionRuleDto[];
  @IsOptional() @IsString() @MaxLength(2000) comment?: string | null;
}

export class SetDecisionPolicy extends DecisionPolicyInput {
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class DecisionPolicyView extends DecisionPolicyInput {
  /** Empty for the one of the configuration file. */
  @IsString() id!: string;
  /** Hash of what it says; decisions carry it. */
  @IsString() version!: string;
  @IsBoolean() current!: boolean;
  @IsString() created_by!: string;
  @IsOptional() @IsString() created_at?: string | null;
}

export class DecisionPolicyPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => DecisionPolicyView) items!: DecisionPolicyView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

/** Body of a trial: the stored decisions of the last incidents are made again by this policy. */
export class TryDecisionPolicy extends DecisionPolicyInput {
  /** How many of the newest decisions; 1,000 unless told, 10,000 at most. */
  @IsOptional() @IsInt() @Min(1) @Max(10_000) last?: number | null;
}

/** One decision that would have been another. */
export class ChangedDecision {
  @ValidateNested() @Type(() => DecisionView) decision!: DecisionView;
  @IsIn(DECISION_ACTIONS) would_be!: DecisionAction;
  @IsIn(PRIORITIES) would_be_priority!: Priority;
  @IsBoolean() would_escalate!: boolean;
  @IsString() why!: string;
}

export class DecisionTrial {
  @IsInt() decisions!: number;
  @IsInt() changed!: number;
  /** How many of each outcome there were, and would be. */
  @IsObject() before!: Record<string, number>;
  @IsObject() after!: Record<string, number>;
  /** The newest hundred that change. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => ChangedDecision) examples!: ChangedDecision[];
}

/** Body of `POST /api/v1/ai/decisions/replay`. */
export class ReplayDecisions {
  /** Newest first; 1,000 unless told, 10,000 at most. */
  @IsOptional() @IsInt() @Min(1) @Max(10_000) last?: number | null;
}

export class DecisionReplay {
  @IsInt() replayed!: number;
  /** Decisions that came out exactly as they are stored. */
  @IsInt() identical!: number;
  /** Ids of those that did not; the first hundred. */
  @IsArray() @IsString({ each: true }) different!: string[];
}

const owner = 'ai' as const;
/** Ten thousand decisions are made again. */
const timeoutMs = 30_000;

export const listDecisionPolicies = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.list-decision-policies',
  request: PageQuery,
  reply: DecisionPolicyPage,
});
export const setDecisionPolicy = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.set-decision-policy',
  request: SetDecisionPolicy,
  reply: DecisionPolicyView,
});
export const tryDecisionPolicy = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.try-decision-policy',
  request: TryDecisionPolicy,
  reply: DecisionTrial,
  timeoutMs,
});
export const replayDecisions = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.replay-decisions',
  request: ReplayDecisions,
  reply: DecisionReplay,
  timeoutMs,
});
