import { DISPOSITIONS, type Disposition } from '@alertagent/contracts';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { PolicyDifferenceView } from '../policies/policies.dto';

/** Which decisions to take again: all of an alert, or that on one event. */
export class DecisionReplayInput {
  /** The first and the last fifty events of this alert. */
  @IsOptional() @IsString() @MaxLength(36) alert_id?: string | null;
  /** One event: the stored webhook … */
  @IsOptional() @IsString() @MaxLength(36) inbox_id?: string | null;
  /** … and the alert's place in it. */
  @IsOptional() @IsInt() @Min(0) @Max(1_000_000) alert_index?: number | null;
  /** The version to decide with; the one it was decided with unless told. */
  @IsOptional() @IsInt() @Min(1) policy_version?: number | null;
}

/** What one stage made of an event. */
export class StageNoteView {
  @IsString() stage!: string;
  @IsString() outcome!: string;
  @IsString() why!: string;
}

/** A decision about one event. */
export class DecisionOutcome {
  @IsInt() policy_version!: number;
  @IsIn(DISPOSITIONS) disposition!: Disposition;
  @IsString() why!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => StageNoteView) stages!: StageNoteView[];
  /** The incident that the alert joined; null when it opened one, or none was concerned. */
  @IsOptional() @IsString() joined_incident_id!: string | null;
}

/** A decision that was taken again. */
export class ReplayedDecisionView {
  @IsString() inbox_id!: string;
  @IsInt() alert_index!: number;
  @IsString() received_at!: string;
  /** Null when it could not be taken again. */
  @IsOptional() @IsBoolean() identical!: boolean | null;
  /** Why it could not. */
  @IsOptional() @IsString() problem!: string | null;
  @ValidateNested() @Type(() => DecisionOutcome) stored!: DecisionOutcome;
  @IsOptional() @ValidateNested() @Type(() => DecisionOutcome) replayed!: DecisionOutcome | null;
  @IsArray() @ValidateNested({ each: true }) @Type(() => PolicyDifferenceView) differences!: PolicyDifferenceView[];
}

/** Decisions that were taken again. */
export class DecisionReplayView {
  /** Whether all came out as they were stored. */
  @IsBoolean() identical!: boolean;
  /** Events of the alert; of very many only the first and the last fifty are looked at. */
  @IsInt() event_count!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => ReplayedDecisionView) items!: ReplayedDecisionView[];
}
