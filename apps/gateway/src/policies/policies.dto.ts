import { IsCleanText, PageQuery } from '@alertagent/contracts';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { PolicyInput } from './policy.dto';

/** A version of everything that decisions depend on. */
export class PolicyVersionView {
  @IsInt() @Min(1) version!: number;
  @IsString() author!: string;
  @IsString() reason!: string;
  @IsString() created_at!: string;
  /** SHA-256 of its content. */
  @IsString() hash!: string;
}

/** One thing that is wrong with a policy, or hardly meant. */
export class PolicyFindingView {
  /** JSON pointer into `{policy, suppressions}`. */
  @IsString() pointer!: string;
  @IsString() code!: string;
  @IsString() detail!: string;
}

/** A version with its content. */
export class PolicyView extends PolicyVersionView {
  @IsDefined() @ValidateNested() @Type(() => PolicyInput) policy!: PolicyInput;
  /** The suppressions that were in force with it; they are changed under `/suppressions`. */
  @IsArray() @IsObject({ each: true }) suppressions!: object[];
}

/** A version that was just made. */
export class ChangedPolicyView extends PolicyView {
  /** What works, but hardly as intended. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => PolicyFindingView) warnings!: PolicyFindingView[];
}

export class PolicyVersionPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => PolicyVersionView) items!: PolicyVersionView[];
  @IsOptional() @IsString() next_cursor!: string | null;
}

/** A new policy. */
export class PolicyChangeInput {
  @IsDefined() @ValidateNested() @Type(() => PolicyInput) policy!: PolicyInput;
  /** Why, for those who read the history. */
  @IsCleanText() @MaxLength(1000) reason!: string;
}

/** Back to an earlier version. */
export class PolicyRollbackInput {
  /** The version whose policy is to be in force again. */
  @IsInt() @Min(1) to!: number;
  @IsCleanText() @MaxLength(1000) reason!: string;
}

/** A policy to be looked at only. */
export class PolicyCheckInput {
  @IsObject() policy!: object;
}

/** What a check found. */
export class PolicyCheckView {
  /** Whether it could be put in force. */
  @IsBoolean() valid!: boolean;
  @IsArray() @ValidateNested({ each: true }) @Type(() => PolicyFindingView) problems!: PolicyFindingView[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => PolicyFindingView) warnings!: PolicyFindingView[];
}

/** What to compare a version with. */
export class PolicyDiffQuery {
  /** Another version; the one before unless told. */
  @IsOptional() @Matches(/^\d{1,9}$/, { message: 'expected the number of a version' }) with?: string;
}

/** One difference between two versions. */
export class PolicyDifferenceView {
  /** JSON pointer into `{policy, suppressions}` of the version, or of the other one for what was removed. */
  @IsString() pointer!: string;
  @IsIn(['added', 'removed', 'changed', 'reordered']) change!: 'added' | 'removed' | 'changed' | 'reordered';
  /** Null when it was not there. */
  @IsOptional() before!: unknown;
  @IsOptional() after!: unknown;
}

/** How a version differs from another one. */
export class PolicyDiffView {
  @IsInt() version!: number;
  @IsInt() with!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => PolicyDifferenceView) differences!: PolicyDifferenceView[];
}

/** A page of versions. */
export class ListPolicyVersions extends PageQuery {}
