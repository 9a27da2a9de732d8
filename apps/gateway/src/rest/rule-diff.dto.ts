import { IsOptional, Matches } from 'class-validator';

/** Which two versions of a rule to compare. */
export class RuleDiffQuery {
  /** The version before `to` unless told; 0 is the rule that was not there yet. */
  @IsOptional() @Matches(/^\d{1,9}$/, { message: 'expected the number of a version' }) from?: string;
  /** The newest unless told. */
  @IsOptional() @Matches(/^[1-9]\d{0,8}$/, { message: 'expected the number of a version' }) to?: string;
}
