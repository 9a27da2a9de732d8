import { Transform, Type } from 'class-transformer';
import {
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
  ValidateNested,
} from 'class-validator';
import { defineRequest } from './contract';
import { receivedField } from './reserved-keys';

const VERSION = /^v?\d{1,3}\.\d{1,3}(\.\d{1,4})?([-+.][0-9A-Za-z.+-]{0,60})?$/;
/** Characters of a rule file that somebody brings; larger ones are imported. */
const LONGEST_FILE = 500_000;
const LONGEST_EXPRESSION = 200_000;

/** Something to validate: exactly one of `expression`, `rule` and `yaml`. */
export class RuleValidationInput {
  /** PromQL. */
  @IsOptional() @IsString() @MaxLength(LONGEST_EXPRESSION) expression?: string | null;
  /** A rule with the fields of `POST /api/v1/rules`; targets are not needed. */
  @IsOptional() @IsObject() @Transform(({ obj, key }) => receivedField(obj as object, key)) rule?: object | null;
  /** A whole rule file of Prometheus. */
  @IsOptional() @IsString() @MaxLength(LONGEST_FILE) yaml?: string | null;
  /** Version of the Prometheus that is meant; 2.42.0, the oldest that is supported, unless told. */
  @IsOptional()
  @Matches(VERSION, { message: 'expected a version of Prometheus such as 2.53.3' })
  prometheus_version?: string | null;
  /** False: only what Prometheus refuses is told, no habits. */
  @IsOptional() @IsBoolean() lint?: boolean | null;
  /** Id or name of a cluster whose Prometheus or VictoriaMetrics is asked what the rules would find there. */
  @IsOptional() @IsString() @MaxLength(100) cluster_id?: string | null;
  /** True: the clusters that `rule` names as its targets are asked, at most five of them, about the rule with the overrides that apply there. */
  @IsOptional() @IsBoolean() live?: boolean | null;
}

/** Something that was found in an expression, a rule or a file of rules. */
export class RuleProblemView {
  /** The check that found it, by the name of its page in the documentation. */
  @IsString() check!: string;
  /** `error` is what Prometheus refuses, or a habit that is configured to weigh as much. */
  @IsIn(['error', 'warning', 'info']) severity!: 'error' | 'warning' | 'info';
  @IsString() message!: string;
  /** Place from 1: in the YAML file, or within the field that `pointer` names. */
  @IsInt() @Min(1) line!: number;
  @IsInt() @Min(1) column!: number;
  /** JSON pointer: into the YAML document, or into the rule. */
  @IsString() pointer!: string;
  /** What to write in its place, where that is known. */
  @IsOptional() @IsString() fix?: string | null;
  /** Name of the cluster on whose data it was found; absent for what the text alone shows. */
  @IsOptional() @IsString() cluster?: string | null;
}

/** Whether a cluster's data was looked at. */
export class LiveLook {
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  @IsIn(['asked', 'no_address', 'not_allowed', 'failed']) outcome!: 'asked' | 'no_address' | 'not_allowed' | 'failed';
  /** Why it was not, or not for all rules; null when it was. */
  @IsOptional() @IsString() reason?: string | null;
}

/** Clusters that were wanted and whose data was not asked for. */
export class LiveNotAsked {
  /** `too_many`: only so many are asked; `disabled`: an override withdraws the rule there; `refused`: Prometheus would refuse it as it is there; `unknown`: there is no such cluster. */
  @IsIn(['too_many', 'disabled', 'refused', 'unknown']) reason!: 'too_many' | 'disabled' | 'refused' | 'unknown';
  /** How many. */
  @IsInt() @Min(1) clusters!: number;
  /** The reason in words. */
  @IsString() message!: string;
}

export class RuleValidationVerdict {
  /** False exactly when Prometheus of that version would refuse to load it. */
  @IsBoolean() valid!: boolean;
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleProblemView) problems!: RuleProblemView[];
  /** The clusters whose data was asked for; absent when it was for none. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => LiveLook) live?: LiveLook[];
  /** How many clusters were not asked at all, by reason; absent when none was left out. */
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => LiveNotAsked)
  live_not_asked?: LiveNotAsked[];
}

/** Judges PromQL, a rule or a rule file without keeping anything. Errors: `invalid` unless exactly one thing was given. */
export const validateRules = defineRequest({
  owner: 'rules',
  subject: 'alertagent.rules.v1.validate-rules',
  request: RuleValidationInput,
  reply: RuleValidationVerdict,
  timeoutMs: 30_000,
});
