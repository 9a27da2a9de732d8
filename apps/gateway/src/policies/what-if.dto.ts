import { IsCleanText, PageQuery } from '@alertagent/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDefined,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { SuppressionInput } from '../suppressions/suppression.dto';
import { PolicyFindingView } from './policies.dto';
import { PolicyInput } from './policy.dto';

/** States of a run. */
export const WHAT_IF_STATES = ['waiting', 'running', 'done', 'cancelled', 'failed'] as const;
export type WhatIfState = (typeof WHAT_IF_STATES)[number];

/** What to change about suppressions, for the run only. */
export class WhatIfSuppressions {
  /** As they would be created; in force from the first alert that is looked at, unless they say when. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => SuppressionInput)
  add?: SuppressionInput[];
  /** Ids of suppressions to leave out. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @IsString({ each: true })
  @MaxLength(300, { each: true })
  remove?: string[];
}

/** A change to try on the alerts of the last days. */
export class WhatIfInput {
  /** The policy in force unless told. */
  @IsOptional() @ValidateNested() @Type(() => PolicyInput) policy?: PolicyInput | null;
  @IsOptional() @ValidateNested() @Type(() => WhatIfSuppressions) suppressions?: WhatIfSuppressions | null;
  /** How many days of alerts; 7 unless told. */
  @IsOptional() @IsNumber() @Min(0.01) @Max(30) days?: number;
  /** Only the alerts of this cluster. */
  @IsOptional() @IsString() @MaxLength(36) cluster_id?: string | null;
  /** Where nights (22:00 to 06:00) are counted: an IANA time zone, UTC unless told. */
  @IsOptional() @IsCleanText() @MaxLength(100) time_zone?: string;
}

/** Somebody's attention asked for. */
export class PageView {
  /** `raised`: the incident was there, became more urgent and went to another team. */
  @IsIn(['opened', 'raised']) kind!: 'opened' | 'raised';
  @IsString() at!: string;
  @IsString() cluster_id!: string;
  @IsString() title!: string;
  @IsOptional() @IsString() severity!: string | null;
  @IsInt() priority!: number;
  @IsOptional() @IsString() team!: string | null;
  @IsOptional() @IsString() workflow!: string | null;
  @IsArray() @IsString({ each: true }) path!: string[];
}

/** One page that would not have been the same. */
export class PageDifferenceView {
  @IsIn(['only_before', 'only_after', 'changed']) kind!: 'only_before' | 'only_after' | 'changed';
  @IsString() at!: string;
  /** With the policy in force. */
  @IsOptional() @ValidateNested() @Type(() => PageView) before!: PageView | null;
  /** With the change. */
  @IsOptional() @ValidateNested() @Type(() => PageView) after!: PageView | null;
}

export class PageDifferencePage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => PageDifferenceView) items!: PageDifferenceView[];
  @IsOptional() @IsString() next_cursor!: string | null;
}

/** Pages of one team; of all that go to no team when its name is null. */
export class TeamPagesView {
  @IsOptional() @IsString() team!: string | null;
  @IsInt() before!: number;
  @IsInt() after!: number;
  @IsInt() night_before!: number;
  @IsInt() night_after!: number;
}

/** Counts of one side. */
export class WhatIfTotals {
  @IsInt() incidents!: number;
  @IsInt() pages!: number;
  @IsInt() night_pages!: number;
  /** Alert events that were hidden. */
  @IsInt() suppressed!: number;
}

/** What has come out; while it runs, so far. */
export class WhatIfResult {
  @IsInt() events!: number;
  @IsDefined() @ValidateNested() @Type(() => WhatIfTotals) before!: WhatIfTotals;
  @ValidateNested() @Type(() => WhatIfTotals) after!: WhatIfTotals;
  @IsArray() @ValidateNested({ each: true }) @Type(() => TeamPagesView) teams!: TeamPagesView[];
  /** How many pages differ; `…/differences` lists them, the first 10,000 at most. */
  @IsInt() difference_count!: number;
}

/** A run, with its progress. Kept in memory by the gateway that took the request, for an hour after its end. */
export class WhatIfView {
  @IsString() id!: string;
  @IsIn(WHAT_IF_STATES) state!: WhatIfState;
  @IsString() author!: string;
  @IsString() created_at!: string;
  @IsOptional() @IsString() finished_at!: string | null;
  /** The alerts that are looked at: received from here to there. */
  @IsString() from!: string;
  @IsString() to!: string;
  @IsOptional() @IsString() cluster_id!: string | null;
  /** The version that is compared with. */
  @IsInt() policy_version!: number;
  @IsInt() alerts_done!: number;
  @IsInt() alerts_total!: number;
  /** Stored webhooks that could not be read. */
  @IsInt() unreadable!: number;
  @IsOptional() @IsString() error!: string | null;
  @IsArray() @ValidateNested({ each: true }) @Type(() => PolicyFindingView) warnings!: PolicyFindingView[];
  @IsDefined() @ValidateNested() @Type(() => WhatIfResult) result!: WhatIfResult;
}

export class WhatIfPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => WhatIfView) items!: WhatIfView[];
  @IsOptional() @IsString() next_cursor!: string | null;
}

/** A page of differences. */
export class ListPageDifferences extends PageQuery {}
