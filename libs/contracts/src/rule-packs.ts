import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { defineRequest } from './contract';
import { Actor, Done, Nothing } from './kit';
import {
  DeleteLinkedQuery,
  RuleTemplateInput,
  TemplateGroupInput,
  TemplateParameterInput,
  TemplatePreview,
  TemplatePreviewInput,
} from './rule-templates';
import { TemplateImpact, TemplateInstanceInput, TemplateInstanceView, TemplateUpgrade } from './template-instances';

/** A pack as its file says it: a template that comes with AlertAgent, with a version of its own. */
export class RulePackFile extends RuleTemplateInput {
  @Matches(/^\d{1,4}\.\d{1,4}\.\d{1,4}$/, { message: 'expected a version such as 1.2.0' }) version!: string;
  /** What must be scraped for its rules to see anything. */
  @IsArray() @ArrayMaxSize(20) @IsString({ each: true }) @MaxLength(200, { each: true }) requires!: string[];
}

/** How a pack is installed. */
export class InstalledRulePack {
  @IsString() template_id!: string;
  @IsString() version!: string;
  @IsBoolean() upgrade_available!: boolean;
  @IsInt() instances!: number;
  @IsString() installed_at!: string;
  @IsString() updated_at!: string;
}

export class RulePackView {
  @IsString() name!: string;
  /** The version that comes with this AlertAgent. */
  @IsString() version!: string;
  @IsString() title!: string;
  @IsString() description!: string;
  @IsArray() @IsString({ each: true }) requires!: string[];
  @IsInt() rules!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => TemplateParameterInput) parameters!: TemplateParameterInput[];
  /** Null while it is not installed. */
  @IsOptional() @ValidateNested() @Type(() => InstalledRulePack) installed?: InstalledRulePack | null;
}

export class RulePackDetail extends RulePackView {
  @IsArray() @ValidateNested({ each: true }) @Type(() => TemplateGroupInput) groups!: TemplateGroupInput[];
}

export class RulePackList {
  @IsArray() @ValidateNested({ each: true }) @Type(() => RulePackView) items!: RulePackView[];
}

export class RulePackRef {
  @IsString() @MaxLength(100) name!: string;
}

export class PreviewRulePack extends TemplatePreviewInput {
  @IsString() @MaxLength(100) pack!: string;
}

export class InstallRulePack {
  @IsString() @MaxLength(100) pack!: string;
  @ValidateNested() @Type(() => TemplateInstanceInput) instance!: TemplateInstanceInput;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class RulePackUpgradeInput {
  /** Rules that were changed by hand where the new version changes them too are overwritten; left alone unless told. */
  @IsOptional() @IsBoolean() overwrite_local_changes?: boolean | null;
}

export class UpgradeRulePack extends RulePackUpgradeInput {
  @IsString() @MaxLength(100) pack!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class UninstallRulePack extends DeleteLinkedQuery {
  @IsString() @MaxLength(100) pack!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

const owner = 'rules' as const;
const subject = (verb: string): string => `alertagent.rules.v1.${verb}`;

export const listRulePacks = defineRequest({
  owner,
  subject: subject('list-rule-packs'),
  request: Nothing,
  reply: RulePackList,
  timeoutMs: 10_000,
});
export const getRulePack = defineRequest({
  owner,
  subject: subject('get-rule-pack'),
  request: RulePackRef,
  reply: RulePackDetail,
  timeoutMs: 10_000,
});
/** Changes nothing. Errors: `not_found`. */
export const previewRulePack = defineRequest({
  owner,
  subject: subject('preview-rule-pack'),
  request: PreviewRulePack,
  reply: TemplatePreview,
  timeoutMs: 10_000,
});
/** Errors: `not_found`; `invalid` with pointers into the instance; `conflict` when it is installed. */
export const installRulePack = defineRequest({
  owner,
  subject: subject('install-rule-pack'),
  request: InstallRulePack,
  reply: TemplateInstanceView,
  timeoutMs: 30_000,
});
/** What an upgrade would do; changes nothing. Errors: `not_found` when it is not installed. */
export const getRulePackUpgrade = defineRequest({
  owner,
  subject: subject('get-rule-pack-upgrade'),
  request: RulePackRef,
  reply: TemplateImpact,
  timeoutMs: 20_000,
});
/** Errors: `not_found` when it is not installed. */
export const upgradeRulePack = defineRequest({
  owner,
  subject: subject('upgrade-rule-pack'),
  request: UpgradeRulePack,
  reply: TemplateUpgrade,
  timeoutMs: 60_000,
});
/** Errors: `not_found` when it is not installed; `conflict` when nothing was said about its rules. */
export const uninstallRulePack = defineRequest({
  owner,
  subject: subject('uninstall-rule-pack'),
  request: UninstallRulePack,
  reply: Done,
  timeoutMs: 30_000,
});
