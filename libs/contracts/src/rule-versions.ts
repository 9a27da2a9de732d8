import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsObject, IsOptional, IsString, MaxLength, Min, ValidateNested } from 'class-validator';
import { defineRequest } from './contract';
import { Actor } from './kit';
import { RuleVersionView, RuleView } from './rules';
import { IsCleanText } from './validators';

export class GetRuleVersion {
  @IsString() @MaxLength(100) id!: string;
  @IsInt() @Min(1) version!: number;
}

/** Which two versions of a rule to compare. */
export class DiffRuleVersions {
  @IsString() @MaxLength(100) id!: string;
  /** The version before `to` unless told; 0 is the rule that was not there yet. */
  @IsOptional() @IsInt() @Min(0) from?: number | null;
  /** The newest unless told. */
  @IsOptional() @IsInt() @Min(1) to?: number | null;
}

/** A piece of text that stayed, came or went. */
export class RuleTextPart {
  @IsIn(['same', 'added', 'removed']) op!: 'same' | 'added' | 'removed';
  @IsString() text!: string;
}

/** One change of the meaning of an expression. */
export class ExpressionChangeView {
  /** `threshold`, `range`, `metric`, `matcher`, `function`, `aggregation`, `grouping`, `operator`, `matching`, `offset`, `number`, `string`, `condition` or, when none of these tells it, `structure`. */
  @IsString() what!: string;
  /** The part as it was written; null when there was none. */
  @IsOptional() @IsString() before?: string | null;
  @IsOptional() @IsString() after?: string | null;
  /** The part of the expression it happened in, as it is written now. */
  @IsString() within!: string;
}

export class ExpressionDiffView {
  /** `formatting`: both mean the same to Prometheus. */
  @IsIn(['formatting', 'changed']) change!: 'formatting' | 'changed';
  @IsString() before!: string;
  @IsString() after!: string;
  /** The expression as it is written now, token by token, with what was taken out in its place. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleTextPart) parts!: RuleTextPart[];
  /** What was changed, named; empty for formatting, and when one of the two could not be parsed. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => ExpressionChangeView) changes!: ExpressionChangeView[];
}

/** A field, label, annotation or parameter that differs. */
export class RuleValueDiff {
  @IsString() key!: string;
  /** `formatting`: written in another way, such as `60s` for `1m`. */
  @IsIn(['added', 'removed', 'changed', 'formatting']) change!: 'added' | 'removed' | 'changed' | 'formatting';
  /** Null when there was none. */
  @IsOptional() before!: unknown;
  @IsOptional() after!: unknown;
  /** Word by word, for texts. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => RuleTextPart) parts?: RuleTextPart[];
}

/** What a cluster is told apart from the rule's own values. */
export class RuleOverrideDiff {
  @IsOptional() target!: unknown;
  @IsIn(['added', 'removed', 'changed']) change!: 'added' | 'removed' | 'changed';
  /** Values by path, such as `labels/team`. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleValueDiff) values!: RuleValueDiff[];
}

/** How two versions of a rule differ in what they mean. */
export class RuleDiffView {
  @IsString() rule_id!: string;
  @IsInt() from!: number;
  @IsInt() to!: number;
  /** `formatting`: Prometheus would see no difference; `none`: there is none at all. */
  @IsIn(['none', 'formatting', 'changed']) change!: 'none' | 'formatting' | 'changed';
  /** Null when both are the same text. */
  @IsOptional() @ValidateNested() @Type(() => ExpressionDiffView) expression?: ExpressionDiffView | null;
  /** Every other single value; durations are compared by what they mean. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleValueDiff) fields!: RuleValueDiff[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleValueDiff) labels!: RuleValueDiff[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleValueDiff) annotations!: RuleValueDiff[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleValueDiff) parameters!: RuleValueDiff[];
  /** `{added, removed}`: targets as they are written in the rule. */
  @IsObject() targets!: { added: unknown[]; removed: unknown[] };
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleOverrideDiff) overrides!: RuleOverrideDiff[];
}

/** Why the rule goes back to what it was. */
export class RestoreRuleVersionInput {
  @IsCleanText() @MaxLength(1000) reason!: string;
}

export class RestoreRuleVersion extends RestoreRuleVersionInput {
  @IsString() @MaxLength(100) id!: string;
  @IsInt() @Min(1) version!: number;
  /** When given, it is refused with `conflict` unless this is the current version. */
  @IsOptional() @IsInt() expected_version?: number | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

const owner = 'rules' as const;
const subject = (verb: string): string => `alertagent.rules.v1.${verb}`;

/** Answers for deleted rules too. */
export const getRuleVersion = defineRequest({
  owner,
  subject: subject('get-rule-version'),
  request: GetRuleVersion,
  reply: RuleVersionView,
});
export const diffRuleVersions = defineRequest({
  owner,
  subject: subject('diff-rule-versions'),
  request: DiffRuleVersions,
  reply: RuleDiffView,
});
/** Makes the content of an earlier version the newest one. */
export const restoreRuleVersion = defineRequest({
  owner,
  subject: subject('restore-rule-version'),
  request: RestoreRuleVersion,
  reply: RuleView,
  timeoutMs: 8000,
});
