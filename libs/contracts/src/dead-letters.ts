import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, MaxLength, Min, ValidateNested } from 'class-validator';
import { ANALYSIS_STATES, type AnalysisState } from './analyses';
import { defineRequest } from './contract';
import { Actor, Done, PageQuery } from './kit';

/** `not_started`: the workflow could not be started. `no_callback`: its run never called back. `stale`: the incident was over first. */
export const DEAD_LETTER_KINDS = ['not_started', 'no_callback', 'stale'] as const;
export type DeadLetterKind = (typeof DEAD_LETTER_KINDS)[number];

/** A workflow's run that never was. */
export class DeadLetterView {
  @IsString() id!: string;
  @IsString() analysis_id!: string;
  @IsOptional() @IsString() incident_id?: string | null;
  @IsString() alert_id!: string;
  @IsString() workflow!: string;
  @IsIn(DEAD_LETTER_KINDS) kind!: DeadLetterKind;
  @IsString() reason!: string;
  /** How often the workflow's start was tried. */
  @IsInt() @Min(0) attempts!: number;
  /** What the last attempt said. */
  @IsOptional() @IsString() last_error?: string | null;
  /** How often the analysis was replayed before. */
  @IsInt() @Min(0) replays!: number;
  /** What became of the analysis otherwise; null when it is gone. */
  @IsOptional() @IsIn(ANALYSIS_STATES) analysis_status?: AnalysisState | null;
  /** Whether a replay is taken; why not says the refusal. */
  @IsBoolean() replayable!: boolean;
  @IsString() created_at!: string;
}

export class DeadLetterPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => DeadLetterView) items!: DeadLetterView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

/** Query of `GET /api/v1/ai/dead-letters`. */
export class ListDeadLetters extends PageQuery {
  @IsOptional() @IsString() @MaxLength(200) workflow?: string | null;
  @IsOptional() @IsIn(DEAD_LETTER_KINDS) kind?: DeadLetterKind | null;
}

/** One letter, and who wants something of it. */
export class HandleDeadLetter {
  @IsString() @MaxLength(100) id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

/** Query of `DELETE /api/v1/ai/dead-letters`. */
export class DeleteDeadLettersQuery {
  @IsString() @MaxLength(200) workflow!: string;
  @IsOptional() @IsIn(DEAD_LETTER_KINDS) kind?: DeadLetterKind | null;
}

export class DeleteDeadLetters extends DeleteDeadLettersQuery {
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class DeletedDeadLetters {
  @IsInt() @Min(0) deleted!: number;
}

/** Body of `POST /api/v1/ai/dead-letters/replay`. */
export class ReplayWorkflowInput {
  @IsString() @MaxLength(200) workflow!: string;
  /** `next_cursor` of the answer before, to go on. */
  @IsOptional() @IsString() @MaxLength(100) cursor?: string | null;
}

export class ReplayWorkflow extends ReplayWorkflowInput {
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

/** What replaying all of a workflow came to. */
export class WorkflowReplay {
  @IsInt() @Min(0) replayed!: number;
  /** Letters that stay, because their analysis has a result or is being worked on. */
  @IsInt() @Min(0) refused!: number;
  /** Set while there may be more: ask again with it. */
  @IsOptional() @IsString() next_cursor?: string | null;
}

/** An analysis that waits for its workflow once more. */
export class ReplayedAnalysis {
  @IsString() analysis_id!: string;
  /** How often it was replayed, this time included. */
  @IsInt() @Min(1) replays!: number;
}

const owner = 'ai' as const;

export const listDeadLetters = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.list-dead-letters',
  request: ListDeadLetters,
  reply: DeadLetterPage,
});
/** Errors: `not_found`; `conflict` when the analysis has a result or is being worked on. */
export const replayDeadLetter = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.replay-dead-letter',
  request: HandleDeadLetter,
  reply: ReplayedAnalysis,
});
export const replayDeadLetters = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.replay-dead-letters',
  request: ReplayWorkflow,
  reply: WorkflowReplay,
  timeoutMs: 20_000,
});
/** Errors: `not_found`. */
export const deleteDeadLetter = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.delete-dead-letter',
  request: HandleDeadLetter,
  reply: Done,
});
/** All of a workflow, or those of one kind. */
export const deleteDeadLetters = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.delete-dead-letters',
  request: DeleteDeadLetters,
  reply: DeletedDeadLetters,
  timeoutMs: 20_000,
});
