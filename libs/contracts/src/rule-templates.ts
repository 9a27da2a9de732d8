import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { defineRequest } from './contract';
import { Actor, Done, PageQuery } from './kit';
import { RULE_KINDS, type RuleKind, type RuleParameters } from './rules';
import { IsCleanText, IsParameterMap, IsRuleTextMap } from './validators';

/** What the values of a parameter are. Numbers and durations stand bare in an expression, the others within its quotes. */
export const TEMPLATE_PARAMETER_TYPES = ['number', 'duration', 'string', 'label_value', 'enum', 'regex'] as const;
export type TemplateParameterType = (typeof TEMPLATE_PARAMETER_TYPES)[number];

/** One value that whoever uses a template may choose; `${name}` stands for it in the template's rules. */
export class TemplateParameterInput {
  /** Lower-case letters, digits and underscores. */
  @IsString() @MaxLength(63) name!: string;
  @IsIn(TEMPLATE_PARAMETER_TYPES) type!: TemplateParameterType;
  /** What it means, for whoever chooses a value. */
  @IsString() @MaxLength(1000) description!: string;
  /** What a number counts, such as `percent` or `bytes`; shown only. */
  @IsOptional() @IsString() @MaxLength(50) unit?: string | null;
  /** Number or string; the parameter is required without it. */
  @IsOptional() @Allow() default?: number | string | null;
  /** Smallest value of a number (a number) or duration (a duration). */
  @IsOptional() @Allow() minimum?: number | string | null;
  /** Largest value of a number or duration. */
  @IsOptional() @Allow() maximum?: number | string | null;
  /** The values of an `enum`. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @MaxLength(200, { each: true })
  choices?: string[] | null;
  /** Regular expression (RE2) that a whole `string` or `label_value` must match. */
  @IsOptional() @IsString() @MaxLength(500) pattern?: string | null;
}

/** A rule with placeholders. `$${name}` stands for the text `${name}` itself. */
export class TemplateRuleInput {
  /** What later versions of the template know the rule by, unique in the template; its name unless told. */
  @IsOptional() @IsCleanText() @MaxLength(200) key?: string | null;
  @IsOptional() @IsIn(RULE_KINDS) kind?: RuleKind | null;
  @IsCleanText() @MaxLength(200) name!: string;
  @IsString() @MinLength(1) @MaxLength(20_000) expression!: string;
  /** A duration, or one `${…}` of a duration parameter. */
  @IsOptional() @IsString() @MaxLength(70) duration?: string | null;
  @IsOptional() @IsString() @MaxLength(70) keep_firing_for?: string | null;
  @IsOptional() @IsCleanText() @MaxLength(100) severity?: string | null;
  @IsOptional() @IsRuleTextMap() labels?: Record<string, string> | null;
  @IsOptional() @IsRuleTextMap() annotations?: Record<string, string> | null;
  /** Team; the instance's unless told. */
  @IsOptional() @IsCleanText() @MaxLength(100) owner?: string | null;
  @IsOptional() @Matches(/^https?:\/\/[^\s]{1,990}$/, { message: 'expected an http or https URL' }) runbook?:
    string | null;
  @IsOptional() @IsString() @MaxLength(4000) description?: string | null;
}

export class TemplateGroupInput {
  /** The rule group that its rules go to. */
  @IsCleanText() @MaxLength(200) name!: string;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => TemplateRuleInput)
  rules!: TemplateRuleInput[];
}

/** What a person writes to create or replace a template. */
export class RuleTemplateInput {
  /** Unique among templates. */
  @IsCleanText() @MaxLength(100) name!: string;
  @IsOptional() @IsString() @MaxLength(200) title?: string | null;
  @IsOptional() @IsString() @MaxLength(4000) description?: string | null;
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => TemplateParameterInput)
  parameters!: TemplateParameterInput[];
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => TemplateGroupInput)
  groups!: TemplateGroupInput[];
  /** Why it is changed; kept with the version. */
  @IsOptional() @IsString() @MaxLength(500) reason?: string | null;
}

export class RuleTemplateView {
  @IsString() id!: string;
  @IsString() name!: string;
  @IsOptional() @IsString() title?: string | null;
  @IsOptional() @IsString() description?: string | null;
  @IsArray() @ValidateNested({ each: true }) @Type(() => TemplateParameterInput) parameters!: TemplateParameterInput[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => TemplateGroupInput) groups!: TemplateGroupInput[];
  /** The pack it belongs to, and which version of that pack; null for templates of people. */
  @IsOptional() @IsString() pack?: string | null;
  @IsOptional() @IsString() pack_version?: string | null;
  /** Grows by one with each change. */
  @IsInt() @Min(1) version!: number;
  @IsString() created_at!: string;
  @IsString() updated_at!: string;
}

export class RuleTemplatePage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleTemplateView) items!: RuleTemplateView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class ListRuleTemplates extends PageQuery {
  /** Part of the name, compared without regard to case. */
  @IsOptional() @IsString() @MaxLength(100) name?: string | null;
  /** Only the template of this pack. */
  @IsOptional() @IsString() @MaxLength(100) pack?: string | null;
}

export class RuleTemplateVersionView {
  @IsInt() version!: number;
  @IsString() change!: string;
  @IsString() author!: string;
  @IsOptional() @IsString() reason?: string | null;
  @IsString() created_at!: string;
  @ValidateNested() @Type(() => RuleTemplateView) template!: RuleTemplateView;
}

export class RuleTemplateVersionPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleTemplateVersionView) items!: RuleTemplateVersionView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

/** Id or name. */
export class TemplateRef {
  @IsString() @MaxLength(100) id!: string;
}

export class GetRuleTemplateVersion extends TemplateRef {
  @IsInt() @Min(1) version!: number;
}

export class ListRuleTemplateVersions extends PageQuery {
  @IsString() @MaxLength(100) id!: string;
}

export class CreateRuleTemplate {
  @ValidateNested() @Type(() => RuleTemplateInput) template!: RuleTemplateInput;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class UpdateRuleTemplate extends CreateRuleTemplate {
  @IsString() @MaxLength(100) id!: string;
  @IsOptional() @IsInt() expected_version?: number | null;
}

/** What becomes of the rules that a template made: `delete` withdraws them, `unlink` keeps them as rules of their own. */
export const LINKED_RULES = ['delete', 'unlink'] as const;
export type LinkedRules = (typeof LINKED_RULES)[number];

/** What is to become of the instances of what is deleted. */
export class DeleteLinkedQuery {
  /** Must be told as soon as there are instances. */
  @IsOptional() @IsIn(LINKED_RULES) instances?: LinkedRules | null;
}

export class DeleteRuleTemplate extends DeleteLinkedQuery {
  @IsString() @MaxLength(100) id!: string;
  @IsOptional() @IsInt() expected_version?: number | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

/** Values to try a template with. */
export class TemplatePreviewInput {
  /** By parameter, a number or a string; defaults are taken for the rest. */
  @IsOptional() @IsObject() parameters?: Record<string, unknown> | null;
  /** The newest unless told. */
  @IsOptional() @IsInt() @Min(1) version?: number | null;
  /** A template that is not saved, instead of a saved one. */
  @IsOptional() @ValidateNested() @Type(() => RuleTemplateInput) template?: RuleTemplateInput | null;
}

export class PreviewRuleTemplate extends TemplatePreviewInput {
  /** Not needed when `template` is given. */
  @IsOptional() @IsString() @MaxLength(100) id?: string | null;
}

/** A rule that a template makes, with every value in it. */
export class TemplateRulePreview {
  @IsString() key!: string;
  @IsIn(RULE_KINDS) kind!: RuleKind;
  @IsString() group!: string;
  @IsInt() position!: number;
  @IsString() name!: string;
  @IsString() expression!: string;
  @IsOptional() @IsString() duration?: string | null;
  @IsOptional() @IsString() keep_firing_for?: string | null;
  @IsOptional() @IsString() severity?: string | null;
  @IsRuleTextMap() labels!: Record<string, string>;
  @IsRuleTextMap() annotations!: Record<string, string>;
  /** Values that a cluster can override, by name. */
  @IsParameterMap() parameters!: RuleParameters;
}

export class TemplateProblem {
  /** JSON pointer: `/parameters/<name>` for a value, `/groups/…` for the template. */
  @IsString() pointer!: string;
  @IsString() code!: string;
  @IsString() detail!: string;
}

export class TemplatePreview {
  @IsBoolean() valid!: boolean;
  @IsArray() @ValidateNested({ each: true }) @Type(() => TemplateRulePreview) rules!: TemplateRulePreview[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => TemplateProblem) problems!: TemplateProblem[];
}

const owner = 'rules' as const;
const subject = (verb: string): string => `alertagent.rules.v1.${verb}`;

/** Errors: `invalid` with pointers into the template; `conflict` when its name is taken. */
export const createRuleTemplate = defineRequest({
  owner,
  subject: subject('create-rule-template'),
  request: CreateRuleTemplate,
  reply: RuleTemplateView,
  timeoutMs: 8000,
});
/** Its instances stay at their version until they are upgraded. Errors: as for create; `not_found`; `conflict` for templates of packs. */
export const updateRuleTemplate = defineRequest({
  owner,
  subject: subject('update-rule-template'),
  request: UpdateRuleTemplate,
  reply: RuleTemplateView,
  timeoutMs: 8000,
});
/** Errors: `not_found`; `conflict` when it has instances and nothing was said about them. */
export const deleteRuleTemplate = defineRequest({
  owner,
  subject: subject('delete-rule-template'),
  request: DeleteRuleTemplate,
  reply: Done,
  timeoutMs: 30_000,
});
export const getRuleTemplate = defineRequest({
  owner,
  subject: subject('get-rule-template'),
  request: TemplateRef,
  reply: RuleTemplateView,
});
export const listRuleTemplates = defineRequest({
  owner,
  subject: subject('list-rule-templates'),
  request: ListRuleTemplates,
  reply: RuleTemplatePage,
});
export const listRuleTemplateVersions = defineRequest({
  owner,
  subject: subject('list-rule-template-versions'),
  request: ListRuleTemplateVersions,
  reply: RuleTemplateVersionPage,
});
export const getRuleTemplateVersion = defineRequest({
  owner,
  subject: subject('get-rule-template-version'),
  request: GetRuleTemplateVersion,
  reply: RuleTemplateVersionView,
});
/** Changes nothing. Values and templates that are at fault are answered as problems. Errors: `not_found`. */
export const previewRuleTemplate = defineRequest({
  owner,
  subject: subject('preview-rule-template'),
  request: PreviewRuleTemplate,
  reply: TemplatePreview,
  timeoutMs: 10_000,
});
