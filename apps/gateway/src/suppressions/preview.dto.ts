import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsDefined,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { SuppressionInput } from './suppression.dto';

/** Body of `POST /api/v1/suppressions/preview`. */
export class PreviewInput {
  @IsDefined() @ValidateNested() @Type(() => SuppressionInput) definition!: SuppressionInput;
  /** How many days back; 7 unless told. */
  @IsOptional() @IsInt() @Min(1) @Max(30) days?: number;
}

/** An alert that would have been hidden. */
export class HiddenInPreview {
  @IsString() id!: string;
  @IsString() name!: string;
  @IsOptional() @IsString() severity!: string | null;
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  @IsString() starts_at!: string;
  @IsInt() hidden_seconds!: number;
  /** It fired longer than that: people would have heard of it later. */
  @IsBoolean() released!: boolean;
}

export class PreviewedName {
  @IsString() name!: string;
  @IsInt() hidden!: number;
}

/** What a suppression would have hidden, had it been in force all the time; recurring windows and durations count. */
export class PreviewView {
  @IsString() since!: string;
  /** How many alerts were looked at. */
  @IsInt() alerts!: number;
  /** False when there were too many alerts to look at; `since` says from when on they were. */
  @IsBoolean() complete!: boolean;
  @IsInt() hidden!: number;
  @IsInt() critical!: number;
  @IsInt() released!: number;
  /** For how long, all of them together. */
  @IsInt() hidden_seconds!: number;
  @IsObject() by_severity!: Record<string, number>;
  @IsArray() @ValidateNested({ each: true }) @Type(() => PreviewedName) by_name!: PreviewedName[];
  /** The first hundred. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => HiddenInPreview) items!: HiddenInPreview[];
}
