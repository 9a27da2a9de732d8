import { Type } from 'class-transformer';
import {
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { defineRequest } from './contract';
import { Actor, Done, PageQuery } from './kit';
import { IsTextBlock } from './validators';

export const RATINGS = ['up', 'down'] as const;
export type Rating = (typeof RATINGS)[number];

/** What a person thinks of an analysis; the same person again replaces it. */
export class AnalysisFeedbackInput {
  @IsIn(RATINGS) rating!: Rating;
  /** What it really was, or what would have helped. It is kept as knowledge when the incident is over. */
  @IsOptional() @IsTextBlock() @MaxLength(4_000) correction?: string | null;
}

export class AnalysisFeedbackView {
  @IsString() id!: string;
  @IsString() analysis_id!: string;
  @IsOptional() @IsString() incident_id?: string | null;
  @IsIn(RATINGS) rating!: Rating;
  @IsOptional() @IsString() correction?: string | null;
  /** Who said it. */
  @IsString() person!: string;
  @IsString() created_at!: string;
  @IsString() updated_at!: string;
}

export class AnalysisFeedbackPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => AnalysisFeedbackView) items!: AnalysisFeedbackView[];
  @IsOptional() @IsString() next_cursor?: string | null;
  /** From -1 (all down) to 1 (all up); null before anybody said anything. */
  @IsOptional() @IsNumber() score?: number | null;
}

export class GiveAnalysisFeedback extends AnalysisFeedbackInput {
  @IsString() @MaxLength(100) analysis_id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class WithdrawAnalysisFeedback {
  @IsString() @MaxLength(100) analysis_id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class ListAnalysisFeedback extends PageQuery {
  @IsString() @MaxLength(100) analysis_id!: string;
}

export class WeeklyReportQuery {
  /** ISO week such as `2026-W48`, from Monday 00:00 UTC; the last whole week unless told. */
  @IsOptional() @Matches(/^\d{4}-W\d{2}$/) week?: string | null;
}

/** A share, and how sure it is: with few outcomes the range is wide. */
export class MeasuredShare {
  @IsInt() right!: number;
  @IsInt() wrong!: number;
  /** `right` of all; null without any. */
  @IsOptional() @IsNumber() share?: number | null;
  /** Nine of ten times the true share is between these two. */
  @IsNumber() low!: number;
  @IsNumber() high!: number;
}

export class ReportedAnalyses {
  @IsInt() completed!: number;
  @IsInt() failed!: number;
  @IsInt() cancelled!: number;
  /** Claims of analysts that their evidence bore, and that were struck out. */
  @IsInt() claims_kept!: number;
  @IsInt() claims_struck!: number;
}

/** Suggested actions by whether they were right and whether they were done. */
export class ReportedSuggestions {
  /** Saved somebody the work. */
  @IsInt() right_and_done!: number;
  /** Did harm, or nothing. */
  @IsInt() wrong_and_done!: number;
  /** Missed: it would have helped. */
  @IsInt() right_not_done!: number;
  /** Rightly left alone. */
  @IsInt() wrong_not_done!: number;
  /** Nobody knows yet. */
  @IsInt() unknown!: number;
}

export class ReportedRule {
  @IsString() rule!: string;
  @IsString() action_type!: string;
  @ValidateNested() @Type(() => MeasuredShare) record!: MeasuredShare;
}

/** How good analyses and suggestions were in one week. */
export class WeeklyReport {
  @IsString() week!: string;
  @IsString() from!: string;
  @IsString() to!: string;
  @ValidateNested() @Type(() => ReportedAnalyses) analyses!: ReportedAnalyses;
  /** What people thought of analyses. */
  @ValidateNested() @Type(() => MeasuredShare) feedback!: MeasuredShare;
  @ValidateNested() @Type(() => ReportedSuggestions) suggestions!: ReportedSuggestions;
  /** The record of the week by rule and action, those with most outcomes first; at most 50. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => ReportedRule) by_rule!: ReportedRule[];
  /** Expected calibration error of stated confidences in this week; null without outcomes. */
  @IsOptional() @IsNumber() calibration_error?: number | null;
  /** Of the incidents that were over in this week; null without any. */
  @IsOptional() @IsNumber() median_resolution_minutes?: number | null;
  /** The same to be read. */
  @IsString() markdown!: string;
}

const owner = 'ai' as const;
const subject = (verb: string): string => `alertagent.ai.v1.${verb}`;

export const giveAnalysisFeedback = defineRequest({
  owner,
  subject: subject('give-analysis-feedback'),
  request: GiveAnalysisFeedback,
  reply: AnalysisFeedbackView,
});
export const withdrawAnalysisFeedback = defineRequest({
  owner,
  subject: subject('withdraw-analysis-feedback'),
  request: WithdrawAnalysisFeedback,
  reply: Done,
});
export const listAnalysisFeedback = defineRequest({
  owner,
  subject: subject('list-analysis-feedback'),
  request: ListAnalysisFeedback,
  reply: AnalysisFeedbackPage,
});
export const getWeeklyReport = defineRequest({
  owner,
  subject: subject('get-weekly-report'),
  request: WeeklyReportQuery,
  reply: WeeklyReport,
});
