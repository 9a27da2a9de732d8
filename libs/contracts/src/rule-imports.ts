import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { defineRequest } from './contract';
import { Actor, ById, Done, PageQuery } from './kit';
import type { RuleTarget } from './rules';
import { IsCleanText, IsTargetList } from './validators';

/** `receiving` until all of it has arrived; `failed` says why in `error`, and what was taken before stays. */
export const RULE_IMPORT_STATES = ['receiving', 'waiting', 'running', 'done', 'cancelled', 'failed'] as const;
export type RuleImportState = (typeof RULE_IMPORT_STATES)[number];

/** What became of one rule, or would become of it in a dry run. `skipped`: it is there already and was to be left alone. */
export const RULE_IMPORT_OUTCOMES = ['created', 'updated', 'unchanged', 'skipped', 'refused'] as const;
export type RuleImportOutcome = (typeof RULE_IMPORT_OUTCOMES)[number];

/** What to do with a rule that is there already with another content. */
export const RULE_IMPORT_CONFLICTS = ['update', 'skip', 'refuse'] as const;
export type RuleImportConflict = (typeof RULE_IMPORT_CONFLICTS)[number];

/** How to take rules in. What no file says of a rule (owner, targets, overrides, …) stays as it is on a rule that is there. */
export class RuleImportOptions {
  /** Decide and tell, but change nothing. */
  @IsOptional() @IsBoolean() dry_run?: boolean | null;
  /** Namespace of a text alone; before their own (`namespace/own`) where there are several. */
  @IsOptional() @IsCleanText() @MaxLength(200) namespace?: string | null;
  /** Team; given, it is set on every rule of the import. */
  @IsOptional() @IsCleanText() @MaxLength(100) owner?: string | null;
  /** Clusters; given, they are set on every rule of the import. A new rule without any runs nowhere until it gets some. */
  @IsOptional() @IsTargetList() targets?: RuleTarget[] | null;
  /** `update` unless told. */
  @IsOptional() @IsIn(RULE_IMPORT_CONFLICTS) on_conflict?: RuleImportConflict | null;
}

/** One file of a folder. */
export class RuleImportFile {
  /** Below the folder; without its ending it is the namespace, unless the file names one. */
  @IsString() @MinLength(1) @MaxLength(500) path!: string;
  @IsString() content!: string;
}

/** A running Prometheus or vmalert whose rules are taken over. Give one of the two. */
export class RuleImportSource {
  /** Id or name of a cluster that has a `query_url`. */
  @IsOptional() @IsString() @MaxLength(100) cluster?: string | null;
  /** `/api/v1/rules` is appended. Asked only where `security.outbound_allow` lets requests go. */
  @IsOptional()
  @Matches(/^https?:\/\/[^\s/?#@][^\s?#@]{0,240}$/, {
    message: 'expected an http or https URL without user name, query and fragment',
  })
  url?: string | null;
}

/** Rules to take in: exactly one of `yaml`, `files` and `source`. */
export class RuleImportInput extends RuleImportOptions {
  /** A rule file, PrometheusRule resources (several documents, or a List), or what a Prometheus answers under `/api/v1/rules`. */
  @IsOptional() @IsString() @MinLength(1) yaml?: string | null;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10_000)
  @ValidateNested({ each: true })
  @Type(() => RuleImportFile)
  files?: RuleImportFile[] | null;
  @IsOptional() @ValidateNested() @Type(() => RuleImportSource) source?: RuleImportSource | null;
}

/** Options of an import whose body is a file or an archive, as the query. */
export class RuleImportQuery {
  @IsOptional() @IsBoolean() dry_run?: boolean | null;
  @IsOptional() @IsCleanText() @MaxLength(200) namespace?: string | null;
  @IsOptional() @IsCleanText() @MaxLength(100) owner?: string | null;
  /** Ids or names of clusters, with commas between. */
  @IsOptional() @IsCleanText() @MaxLength(4000) targets?: string | null;
  @IsOptional() @IsIn(RULE_IMPORT_CONFLICTS) on_conflict?: RuleImportConflict | null;
}

/** How many rules had each outcome so far. */
export class RuleImportCounts {
  @IsInt() @Min(0) created!: number;
  @IsInt() @Min(0) updated!: number;
  @IsInt() @Min(0) unchanged!: number;
  @IsInt() @Min(0) skipped!: number;
  @IsInt() @Min(0) refused!: number;
}

export class RuleImportView {
  @IsString() id!: string;
  @IsIn(RULE_IMPORT_STATES) state!: RuleImportState;
  @ValidateNested() @Type(() => RuleImportOptions) options!: RuleImportOptions;
  /** Results there will be; null until everything was read. */
  @IsOptional() @IsInt() @Min(0) total?: number | null;
  /** Results there are. */
  @IsInt() @Min(0) done!: number;
  @ValidateNested() @Type(() => RuleImportCounts) counts!: RuleImportCounts;
  /** Why it failed. */
  @IsOptional() @IsString() error?: string | null;
  @IsString() author!: string;
  @IsString() created_at!: string;
  @IsOptional() @IsString() ended_at?: string | null;
}

export class RuleImportPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleImportView) items!: RuleImportView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

/** Something about a rule, group or file that was read. */
export class RuleImportProblem {
  /** An `error` is why it was refused. */
  @IsIn(['error', 'warning']) severity!: 'error' | 'warning';
  @IsString() code!: string;
  @IsString() message!: string;
  /** RFC 6901, into the document that was read. */
  @IsString() pointer!: string;
  @IsOptional() @IsInt() line?: number | null;
  @IsOptional() @IsInt() column?: number | null;
}

/** What became of one rule. A file or group that could not be read is one result without a name. */
export class RuleImportResult {
  @IsInt() @Min(1) seq!: number;
  @IsIn(RULE_IMPORT_OUTCOMES) outcome!: RuleImportOutcome;
  /** Null while nothing of that name exists. */
  @IsOptional() @IsString() rule_id?: string | null;
  @IsOptional() @IsInt() version?: number | null;
  @IsString() namespace!: string;
  @IsString() group!: string;
  @IsOptional() @IsIn(['alerting', 'recording']) kind?: 'alerting' | 'recording' | null;
  @IsString() name!: string;
  /** The file it came from; null for a text alone. */
  @IsOptional() @IsString() path?: string | null;
  @IsOptional() @IsInt() line?: number | null;
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleImportProblem) problems!: RuleImportProblem[];
}

export class RuleImportResultPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleImportResult) items!: RuleImportResult[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

/** As the query of the results of an import. */
export class RuleImportResultFilter extends PageQuery {
  @IsOptional() @IsIn(RULE_IMPORT_OUTCOMES) outcome?: RuleImportOutcome | null;
}

export class ListRuleImportResults extends RuleImportResultFilter {
  @IsString() @MaxLength(36) id!: string;
}

/** What the parts of an import are, put together: texts with their paths as JSON, or an archive. */
export const RULE_IMPORT_FORMATS = ['files', 'tar', 'live'] as const;
export type RuleImportFormat = (typeof RULE_IMPORT_FORMATS)[number];

export class OpenRuleImport {
  @ValidateNested() @Type(() => RuleImportOptions) options!: RuleImportOptions;
  @IsIn(RULE_IMPORT_FORMATS) format!: RuleImportFormat;
  /** With the format `live`, which has no parts. */
  @IsOptional() @ValidateNested() @Type(() => RuleImportSource) source?: RuleImportSource | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

/** A piece of what was sent; messages are limited in size. */
export class RuleImportPart {
  @IsString() @MaxLength(36) id!: string;
  /** From 0 on. */
  @IsInt() @Min(0) index!: number;
  /** Base64. */
  @IsString() @MaxLength(700_000) data!: string;
}

export class StartRuleImport {
  @IsString() @MaxLength(36) id!: string;
  @IsInt() @Min(0) parts!: number;
}

export class CancelRuleImport {
  @IsString() @MaxLength(36) id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

const owner = 'rules' as const;

export const openRuleImport = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.open-rule-import',
  request: OpenRuleImport,
  reply: RuleImportView,
});
export const addRuleImportPart = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.add-rule-import-part',
  request: RuleImportPart,
  reply: Done,
});
/** All parts are there; it is worked on in the background from now on. */
export const startRuleImport = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.start-rule-import',
  request: StartRuleImport,
  reply: RuleImportView,
});
export const getRuleImport = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.get-rule-import',
  request: ById,
  reply: RuleImportView,
});
export const listRuleImports = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.list-rule-imports',
  request: PageQuery,
  reply: RuleImportPage,
});
export const listRuleImportResults = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.list-rule-import-results',
  request: ListRuleImportResults,
  reply: RuleImportResultPage,
});
/** Stops between two batches; what was taken in before stays. */
export const cancelRuleImport = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.cancel-rule-import',
  request: CancelRuleImport,
  reply: RuleImportView,
});
