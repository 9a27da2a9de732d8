import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { defineRequest } from './contract';
import { Actor, ById, Done, PageQuery } from './kit';
import { IsCleanText, IsRuleTextMap } from './validators';

/** What a person writes about a rule group. What is left out is as Prometheus has it by default. */
export class RuleGroupInput {
  /** Like a rule file: group names are unique within it. None unless told. */
  @IsOptional() @IsString() @MaxLength(200) namespace?: string | null;
  /** Rendered as `name`, or `namespace/name` when there is a namespace. */
  @IsCleanText() @MaxLength(200) name!: string;
  /** How often its rules are evaluated, as a Prometheus duration; Prometheus' own interval unless told. */
  @IsOptional() @IsString() @MaxLength(50) interval?: string | null;
  /** The most alerts or series that one rule may yield; 0 or null for no limit. */
  @IsOptional() @IsInt() @Min(0) @Max(2_147_483_647) limit?: number | null;
  /** How far back in time its rules are evaluated, as a Prometheus duration. Prometheus 2.53 and later. */
  @IsOptional() @IsString() @MaxLength(50) query_offset?: string | null;
  /** Added to the labels of each of its rules that does not have them itself. Prometheus 3.0 and later. */
  @IsOptional() @IsRuleTextMap() labels?: Record<string, string> | null;
}

export class RuleGroupView {
  @IsString() id!: string;
  /** Empty when it has none. */
  @IsString() namespace!: string;
  @IsString() name!: string;
  @IsOptional() @IsString() interval?: string | null;
  @IsOptional() @IsInt() limit?: number | null;
  @IsOptional() @IsString() query_offset?: string | null;
  @IsRuleTextMap() labels!: Record<string, string>;
  /** How many rules it has, deleted ones left out. */
  @IsInt() rules!: number;
  @IsInt() @Min(1) version!: number;
  @IsString() created_at!: string;
  @IsString() updated_at!: string;
}

export class RuleGroupPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleGroupView) items!: RuleGroupView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class ListRuleGroups extends PageQuery {
  /** Exactly this one; empty for groups without a namespace. */
  @IsOptional() @IsString() @MaxLength(200) namespace?: string | null;
  /** Exactly this name. */
  @IsOptional() @IsString() @MaxLength(200) name?: string | null;
}

/** `create`: refused with `conflict` when the group exists. `replace`: refused with `not_found` when it does not. */
export const RULE_GROUP_SAVES = ['create', 'replace', 'either'] as const;
export type RuleGroupSave = (typeof RULE_GROUP_SAVES)[number];

export class SaveRuleGroup {
  /** The group to replace, whose names must be those of `group`; found by its names when this is left out. */
  @IsOptional() @IsString() @MaxLength(100) id?: string | null;
  @ValidateNested() @Type(() => RuleGroupInput) group!: RuleGroupInput;
  @IsIn(RULE_GROUP_SAVES) save!: RuleGroupSave;
  /** When given, the change is refused with `conflict` (`version_mismatch`) unless this is the current version. */
  @IsOptional() @IsInt() expected_version?: number | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class DeleteRuleGroup {
  @IsString() @MaxLength(100) id!: string;
  @IsOptional() @IsInt() expected_version?: number | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

const owner = 'rules' as const;

/** By namespace and name. */
export const listRuleGroups = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.list-rule-groups',
  request: ListRuleGroups,
  reply: RuleGroupPage,
});
export const getRuleGroup = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.get-rule-group',
  request: ById,
  reply: RuleGroupView,
});
/** Errors: `invalid` with pointers into the group; `conflict`; `not_found`. */
export const saveRuleGroup = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.save-rule-group',
  request: SaveRuleGroup,
  reply: RuleGroupView,
  timeoutMs: 8000,
});
/** Errors: `not_found`; `conflict` while it has rules. */
export const deleteRuleGroup = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.delete-rule-group',
  request: DeleteRuleGroup,
  reply: Done,
  timeoutMs: 8000,
});
