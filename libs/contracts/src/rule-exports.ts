import { IsIn, IsInt, IsOptional, IsString, MaxLength, Min } from 'class-validator';
import { defineRequest } from './contract';

/** `prometheus`: a rule file. `crd`: a PrometheusRule resource per namespace. */
export const RULE_EXPORT_FORMATS = ['prometheus', 'crd'] as const;
export type RuleExportFormat = (typeof RULE_EXPORT_FORMATS)[number];

/** Which rules to export, and how. Disabled rules are left out: a rule file can not say that. */
export class RuleExportFilter {
  /** `prometheus` unless told. */
  @IsOptional() @IsIn(RULE_EXPORT_FORMATS) format?: RuleExportFormat | null;
  /** Exactly this one, empty for none; groups are called by their own name then. Without it, a rule file calls them `namespace/name`. */
  @IsOptional() @IsString() @MaxLength(200) namespace?: string | null;
  @IsOptional() @IsString() @MaxLength(200) group?: string | null;
  @IsOptional() @IsString() @MaxLength(100) owner?: string | null;
}

/** As the query of `GET /api/v1/rules/export`. */
export class RuleExportQuery extends RuleExportFilter {
  /** Id or name of a cluster: the exact file that is served to it now. Nothing else may be given then. */
  @IsOptional() @IsString() @MaxLength(100) cluster?: string | null;
}

export class ExportRules extends RuleExportFilter {
  @IsOptional() @IsString() @MaxLength(1000) cursor?: string | null;
}

/** A piece of the text; the pieces put together are the export. */
export class RuleExportPart {
  @IsString() text!: string;
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class GetServedRuleFile {
  @IsString() @MaxLength(100) cluster_id!: string;
  /** In characters. */
  @IsInt() @Min(0) offset!: number;
}

/** A piece of the rule file that is served to a cluster. */
export class ServedRuleFilePart {
  @IsInt() revision!: number;
  /** SHA-256 of the whole file, hex. */
  @IsString() hash!: string;
  @IsString() text!: string;
  /** Null at the end. */
  @IsOptional() @IsInt() next_offset?: number | null;
}

/** Errors: `invalid` when the cursor is none of ours, or a rule can not be written down exactly. */
export const exportRules = defineRequest({
  owner: 'rules',
  subject: 'alertagent.rules.v1.export-rules',
  request: ExportRules,
  reply: RuleExportPart,
  timeoutMs: 10_000,
});
/** Errors: `not_found` when nothing is served to the cluster. */
export const getServedRuleFile = defineRequest({
  owner: 'config',
  subject: 'alertagent.config.v1.get-served-rule-file',
  request: GetServedRuleFile,
  reply: ServedRuleFilePart,
});
