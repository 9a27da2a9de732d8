import { IsCleanText, IsUtcTime, PageQuery } from '@alertagent/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsOptional,
  IsString,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';

/** Alerts that one split may take out. */
const MOST_SPLIT = 500;

/** Says that somebody works on an incident: until a time, for a while, or until it is taken back. */
export class Acknowledgement {
  @IsOptional() @IsUtcTime() until?: string | null;
  /** A duration such as `2h`, instead of `until`. */
  @IsOptional() @IsString() @MaxLength(30) for?: string | null;
  /** Kept as a note of the incident. */
  @IsOptional() @IsString() @MinLength(1) @MaxLength(10_000) note?: string | null;
}

/** Says that people do not want to hear of an incident until a time. */
export class Snooze {
  @IsUtcTime() until!: string;
  @IsOptional() @IsCleanText() @MaxLength(500) reason?: string | null;
}

/** Says into which incident one is merged. */
export class IncidentMerge {
  @IsString() @MaxLength(36) into!: string;
  @IsOptional() @IsCleanText() @MaxLength(500) reason?: string | null;
}

/** Says which alerts become an incident of their own. */
export class IncidentSplit {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_SPLIT)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(36, { each: true })
  alert_ids!: string[];
  @IsCleanText() @MaxLength(500) reason!: string;
  /** Of the new incident; that of the old one unless told. */
  @IsOptional() @IsCleanText() @MinLength(1) @MaxLength(500) title?: string | null;
}

/** Why an incident takes no more alerts. */
export class IncidentClosing {
  @IsOptional() @IsCleanText() @MaxLength(500) reason?: string | null;
}

/** What somebody writes about an incident. */
export class NoteInput {
  @IsString() @MinLength(1) @MaxLength(10_000) text!: string;
}

/** A note of an incident. */
export class NoteView {
  @IsString() id!: string;
  @IsString() author!: string;
  @IsString() text!: string;
  @IsString() created_at!: string;
  @IsOptional() @IsString() updated_at!: string | null;
}

export class NotePage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => NoteView) items!: NoteView[];
  @IsOptional() @IsString() next_cursor!: string | null;
}

export class ListNotes extends PageQuery {}
