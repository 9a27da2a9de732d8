import { PageQuery } from '@alertagent/contracts';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsOptional, IsString, ValidateNested } from 'class-validator';

export const FINDING_STATES = ['open', 'cleared', 'all'] as const;

/** Filter of `GET /api/v1/ledger/findings`. */
export class ListFindings extends PageQuery {
  /** Open ones unless told. */
  @IsOptional() @IsIn(FINDING_STATES) state?: (typeof FINDING_STATES)[number];
}

/** Something that should have gone on and did not. */
export class FindingView {
  @IsString() id!: string;
  @IsString() kind!: string;
  /** The cluster, incident or alert that it is about. */
  @IsString() subject!: string;
  @IsString() detail!: string;
  @IsString() found_at!: string;
  @IsOptional() @IsString() cleared_at!: string | null;
}

export class FindingPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => FindingView) items!: FindingView[];
  @IsOptional() @IsString() next_cursor!: string | null;
}
