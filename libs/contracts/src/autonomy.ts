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
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { ActionTarget } from './automation';
import { defineRequest } from './contract';
import { Actor, Nothing, PageQuery } from './kit';

/** What was done with a suggestion, or, in shadow mode, would have been. */
export const SUGGESTION_OUTLOOKS = ['would_run', 'would_ask', 'asked', 'ran', 'not_runnable', 'for_people'] as const;
export type SuggestionOutlook = (typeof SUGGESTION_OUTLOOKS)[number];

/** An action of the catalogue that an analysis suggested. */
export class SuggestionView {
  @IsString() id!: string;
  @IsString() analysis_id!: string;
  @IsOptional() @IsString() incident_id?: string | null;
  @IsString() alert_id!: string;
  /** The rule whose record counts: AlertAgent's id of it, else the name of the alert. */
  @IsString() rule!: string;
  @IsString() action_type!: string;
  @IsOptional() @ValidateNested() @Type(() => ActionTarget) target?: ActionTarget | null;
  @IsOptional() @IsObject() parameters?: object | null;
  /** What the model said about itself; shown and measured, never a reason. */
  @IsOptional() @IsNumber() confidence?: number | null;
  @IsIn(SUGGESTION_OUTLOOKS) outlook!: SuggestionOutlook;
  /** Gates that were closed when it was made. */
  @IsArray() @IsString({ each: true }) closed_gates!: string[];
  @IsString() reason!: string;
  /** The request that it became; none in shadow mode. */
  @IsOptional() @IsString() action_id?: string | null;
  /** Whether it was right; null while nobody and nothing has shown it. */
  @IsOptional() @IsBoolean() was_right?: boolean | null;
  @IsOptional() @IsIn(['feedback', 'post_check']) shown_by?: 'feedback' | 'post_check' | null;
  @IsString() created_at!: string;
}

export class SuggestionPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => SuggestionView) items!: SuggestionView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class ListSuggestions extends PageQuery {
  @IsOptional() @IsString() @MaxLength(100) incident_id?: string | null;
  @IsOptional() @IsString() @MaxLength(100) action_type?: string | null;
  @IsOptional() @IsIn(SUGGESTION_OUTLOOKS) outlook?: SuggestionOutlook | null;
}

/** Body of the feedback on a suggestion. */
export class SuggestionFeedbackInput {
  /** `accepted`: that was the thing to do. `corrected`: it was not. */
  @IsIn(['accepted', 'corrected']) verdict!: 'accepted' | 'corrected';
  @IsOptional() @IsString() @MaxLength(2000) comment?: string | null;
}

export class GiveSuggestionFeedback extends SuggestionFeedbackInput {
  @IsString() @MaxLength(100) id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

/** The measured record of one action for one rule. */
export class AutonomyView {
  @IsString() rule!: string;
  @IsString() action_type!: string;
  @IsInt() outcomes!: number;
  @IsInt() successes!: number;
  @IsInt() failures!: number;
  /** Failures among the ten newest outcomes. */
  @IsInt() recent_failures!: number;
  /** Mean and lower quantile of the Beta posterior. */
  @IsNumber() mean!: number;
  @IsNumber() lower!: number;
  /** Whether the record is good enough. */
  @IsBoolean() earned!: boolean;
  /** Whether it runs without a person now: earned, allowed by the catalogue and the configuration, and not stopped. */
  @IsBoolean() autonomous!: boolean;
  /** Why it does not; null when it does. */
  @IsOptional() @IsString() missing?: string | null;
}

export class AutonomyPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => AutonomyView) items!: AutonomyView[];
  @IsOptional() @IsString() next_cursor?: string | null;
  /** `shadow`, `ask` or `auto`. */
  @IsString() mode!: string;
}

export class CalibrationBinView {
  @IsNumber() from!: number;
  @IsNumber() to!: number;
  @IsInt() count!: number;
  @IsOptional() @IsNumber() mean_forecast?: number | null;
  @IsOptional() @IsNumber() observed?: number | null;
}

export class CalibrationCurveView {
  @IsInt() count!: number;
  /** Expected calibration error; null without forecasts. */
  @IsOptional() @IsNumber() expected_error?: number | null;
  /** Mean squared error; null without forecasts. */
  @IsOptional() @IsNumber() brier?: number | null;
  @IsArray() @ValidateNested({ each: true }) @Type(() => CalibrationBinView) bins!: CalibrationBinView[];
}

/** How far the confidence of analyses can be believed. */
export class CalibrationView {
  /** Suggestions with a stated confidence whose outcome is known; the newest 5,000 at most. */
  @IsInt() outcomes!: number;
  /** Outcomes that are only learnt from before a recalibrated forecast is judged. */
  @IsInt() warm_up!: number;
  /** Confidence as models state it. */
  @ValidateNested() @Type(() => CalibrationCurveView) stated!: CalibrationCurveView;
  /** Confidence corrected by what became of earlier ones; each from outcomes before it only. */
  @ValidateNested() @Type(() => CalibrationCurveView) recalibrated!: CalibrationCurveView;
}

const owner = 'ai' as const;

export const listSuggestions = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.list-suggestions',
  request: ListSuggestions,
  reply: SuggestionPage,
});
export const giveSuggestionFeedback = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.give-suggestion-feedback',
  request: GiveSuggestionFeedback,
  reply: SuggestionView,
});
export const listAutonomy = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.list-autonomy',
  request: Nothing,
  reply: AutonomyPage,
});
export const getCalibration = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.get-calibration',
  request: Nothing,
  reply: CalibrationView,
});
