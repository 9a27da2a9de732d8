import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { defineRequest } from './contract';
import { Actor, ById, Done, PageQuery } from './kit';
import { RuleTemplateInput, TemplateProblem, TemplateRef, type LinkedRules, LINKED_RULES } from './rule-templates';
import { RuleOverride, type RuleTarget } from './rules';
import { IsCleanText, IsTargetList } from './validators';

/** What a person writes to use a template or pack. */
class InstanceTerms {
  /** Namespace of its rule groups; none unless told. Two instances of a template need different ones, or rules that differ in severity or labels. */
  @IsOptional() @IsString() @MaxLength(200) namespace?: string | null;
  /** Values by parameter, numbers or strings; defaults are taken for the rest. */
  @IsOptional() @IsObject() parameters?: Record<string, unknown> | null;
  /** Where its rules run. */
  @IsTargetList() targets!: RuleTarget[];
  /** What is different on some clusters; given to each of its rules that has what is overridden. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => RuleOverride)
  overrides?: RuleOverride[] | null;
  /** The team that answers for its rules. */
  @IsOptional() @IsCleanText() @MaxLength(100) owner?: string | null;
  /** The version of the template; the newest unless told, on a change the one it is at. */
  @IsOptional() @IsInt() @Min(1) template_version?: number | null;
}

export class TemplateInstanceInput extends InstanceTerms {
  /** Unique among the instances of the template. */
  @IsCleanText() @MaxLength(100) name!: string;
}

/** How a pack is to be installed. */
export class RulePackInstallInput extends InstanceTerms {
  /** Name of the instance; that of the pack unless told. */
  @IsOptional() @IsCleanText() @MaxLength(100) name?: string | null;
}

/** `applied`: its rules are as it says. `applying`: they are being made or changed. `failed`: some could not be; see `problems`. `deleting`: its rules are being withdrawn. */
export const TEMPLATE_INSTANCE_STATES = ['applied', 'applying', 'failed', 'deleting'] as const;
export type TemplateInstanceState = (typeof TEMPLATE_INSTANCE_STATES)[number];

export class TemplateInstanceRule {
  @IsString() key!: string;
  @IsString() rule_id!: string;
}

export class TemplateInstanceView {
  @IsString() id!: string;
  @IsString() template_id!: string;
  @IsString() template_name!: string;
  /** The version its rules are made from. */
  @IsInt() template_version!: number;
  /** The version there is. */
  @IsInt() newest_version!: number;
  @IsString() name!: string;
  @IsString() namespace!: string;
  /** As they were given, without defaults. */
  @IsObject() parameters!: Record<string, unknown>;
  @IsTargetList() targets!: RuleTarget[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleOverride) overrides!: RuleOverride[];
  @IsOptional() @IsString() owner?: string | null;
  @IsIn(TEMPLATE_INSTANCE_STATES) state!: TemplateInstanceState;
  /** Why some of its rules are not as they should be. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => TemplateProblem) problems!: TemplateProblem[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => TemplateInstanceRule) rules!: TemplateInstanceRule[];
  @IsInt() @Min(1) version!: number;
  @IsString() created_at!: string;
  @IsString() updated_at!: string;
}

export class TemplateInstancePage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => TemplateInstanceView) items!: TemplateInstanceView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class CreateTemplateInstance {
  @IsString() @MaxLength(100) template_id!: string;
  @ValidateNested() @Type(() => TemplateInstanceInput) instance!: TemplateInstanceInput;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class UpdateTemplateInstance {
  @IsString() @MaxLength(100) id!: string;
  @ValidateNested() @Type(() => TemplateInstanceInput) instance!: TemplateInstanceInput;
  @IsOptional() @IsInt() expected_version?: number | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class DeleteTemplateInstance {
  @IsString() @MaxLength(100) id!: string;
  @IsIn(LINKED_RULES) rules!: LinkedRules;
  @IsOptional() @IsInt() expected_version?: number | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class DeleteInstanceQuery {
  /** `delete` withdraws its rules, `unlink` keeps them. */
  @IsIn(LINKED_RULES) rules!: LinkedRules;
}

export class ListTemplateInstances extends PageQuery {
  @IsString() @MaxLength(100) template_id!: string;
}

/** One field of a rule before and after. */
export class TemplateFieldChange {
  @IsString() field!: string;
  @Allow() before!: unknown;
  @Allow() after!: unknown;
}

/**
 * `create`, `update`, `delete`, `none`: as the word says. `conflict`: somebody changed the rule by hand where the new version changes it
 * too; it is left alone unless local changes may be overwritten. `gone`: somebody deleted it by hand; it stays deleted.
 */
export const TEMPLATE_RULE_ACTIONS = ['create', 'update', 'delete', 'none', 'conflict', 'gone'] as const;
export type TemplateRuleAction = (typeof TEMPLATE_RULE_ACTIONS)[number];

/** What a version of a template does, or did, to one rule of an instance. */
export class TemplateRuleChange {
  @IsString() key!: string;
  @IsOptional() @IsString() rule_id?: string | null;
  @IsIn(TEMPLATE_RULE_ACTIONS) action!: TemplateRuleAction;
  @IsArray() @ValidateNested({ each: true }) @Type(() => TemplateFieldChange) changes!: TemplateFieldChange[];
  /** Fields that were changed by hand and stay as they are, such as `/parameters/threshold`. */
  @IsArray() @IsString({ each: true }) kept!: string[];
  /** Fields that were changed by hand and that the template also says. */
  @IsArray() @IsString({ each: true }) conflicts!: string[];
}

export class TemplateInstanceImpact {
  @IsString() instance_id!: string;
  @IsString() name!: string;
  @IsInt() template_version!: number;
  @IsBoolean() changes!: boolean;
  @IsArray() @ValidateNested({ each: true }) @Type(() => TemplateRuleChange) rules!: TemplateRuleChange[];
  /** Why it cannot be upgraded, such as a new parameter without a default. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => TemplateProblem) problems!: TemplateProblem[];
}

export class TemplateImpact {
  /** Null for a template that is not saved. */
  @IsOptional() @IsInt() version?: number | null;
  @IsInt() instances!: number;
  /** How many of them would change. */
  @IsInt() changed!: number;
  /** Instances that would change or could not. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => TemplateInstanceImpact) items!: TemplateInstanceImpact[];
}

export class TemplateImpactQuery {
  /** The newest unless told. */
  @IsOptional() @IsString() @MaxLength(9) version?: string | null;
}

export class TemplateImpactInput {
  /** The template as it would be. */
  @ValidateNested() @Type(() => RuleTemplateInput) template!: RuleTemplateInput;
}

export class GetTemplateImpact extends TemplateRef {
  @IsOptional() @IsInt() @Min(1) version?: number | null;
  @IsOptional() @ValidateNested() @Type(() => RuleTemplateInput) template?: RuleTemplateInput | null;
}

export class TemplateUpgradeInput {
  /** The newest unless told; an older one takes instances back. */
  @IsOptional() @IsInt() @Min(1) version?: number | null;
  /** All unless told. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @IsString({ each: true })
  @MaxLength(36, { each: true })
  instance_ids?: string[] | null;
  /** Rules that were changed by hand where the template changes them too are overwritten; left alone unless told. */
  @IsOptional() @IsBoolean() overwrite_local_changes?: boolean | null;
}

export class UpgradeTemplateInstances extends TemplateUpgradeInput {
  @IsString() @MaxLength(100) id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

/** `upgraded`; `unchanged`: was there already; `applying`: goes on in the background; `failed`: see `problems`. */
export const TEMPLATE_UPGRADE_STATES = ['upgraded', 'unchanged', 'applying', 'failed'] as const;
export type TemplateUpgradeState = (typeof TEMPLATE_UPGRADE_STATES)[number];

export class TemplateUpgradeResult {
  @IsString() instance_id!: string;
  @IsString() name!: string;
  @IsIn(TEMPLATE_UPGRADE_STATES) status!: TemplateUpgradeState;
  @IsArray() @ValidateNested({ each: true }) @Type(() => TemplateRuleChange) rules!: TemplateRuleChange[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => TemplateProblem) problems!: TemplateProblem[];
}

export class TemplateUpgrade {
  @IsInt() version!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => TemplateUpgradeResult) items!: TemplateUpgradeResult[];
}

const owner = 'rules' as const;
const subject = (verb: string): string => `alertagent.rules.v1.${verb}`;

/** Makes the rules of a template with these values. Errors: `not_found`; `invalid` with pointers into the instance; `conflict`. */
export const createTemplateInstance = defineRequest({
  owner,
  subject: subject('create-template-instance'),
  request: CreateTemplateInstance,
  reply: TemplateInstanceView,
  timeoutMs: 30_000,
});
/** Changes the rules to other values, targets, overrides or another version. Errors: as for create. */
export const updateTemplateInstance = defineRequest({
  owner,
  subject: subject('update-template-instance'),
  request: UpdateTemplateInstance,
  reply: TemplateInstanceView,
  timeoutMs: 30_000,
});
/** Errors: `not_found`, `conflict`. */
export const deleteTemplateInstance = defineRequest({
  owner,
  subject: subject('delete-template-instance'),
  request: DeleteTemplateInstance,
  reply: Done,
  timeoutMs: 30_000,
});
export const getTemplateInstance = defineRequest({
  owner,
  subject: subject('get-template-instance'),
  request: ById,
  reply: TemplateInstanceView,
});
export const listTemplateInstances = defineRequest({
  owner,
  subject: subject('list-template-instances'),
  request: ListTemplateInstances,
  reply: TemplateInstancePage,
});
/** What a version would do to each instance; changes nothing. Errors: `not_found`; `invalid`. */
export const getTemplateImpact = defineRequest({
  owner,
  subject: subject('get-template-impact'),
  request: GetTemplateImpact,
  reply: TemplateImpact,
  timeoutMs: 20_000,
});
/** Asked again it goes on where it ended. Errors: `not_found`. */
export const upgradeTemplateInstances = defineRequest({
  owner,
  subject: subject('upgrade-template-instances'),
  request: UpgradeTemplateInstances,
  reply: TemplateUpgrade,
  timeoutMs: 60_000,
});
