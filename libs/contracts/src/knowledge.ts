import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsNumber,
  IsOptional,
  IsString,
  IsUrl,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { defineRequest } from './contract';
import { Actor, ById, Done, PageQuery } from './kit';
import { IsCleanText, IsTextBlock } from './validators';

/** `runbook` and `note` are written by people; `incident` is distilled by the ai service when an incident is over. */
export const KNOWLEDGE_KINDS = ['runbook', 'note', 'incident'] as const;
export type KnowledgeKind = (typeof KNOWLEDGE_KINDS)[number];

/** `stale` documents have expired: they are listed and never cited. */
export const KNOWLEDGE_STATES = ['active', 'stale', 'deleted'] as const;
export type KnowledgeState = (typeof KNOWLEDGE_STATES)[number];

const MAX_TEXT = 100_000;

/** What people know about a system, to be found and cited when it has trouble. */
export class KnowledgeInput {
  @IsCleanText() @MaxLength(300) title!: string;
  /** Markdown, at most 100,000 characters. It is found by passages: a heading begins a new one. */
  @IsTextBlock() @MaxLength(MAX_TEXT) text!: string;
  /** `runbook` unless told. */
  @IsOptional() @IsIn(['runbook', 'note']) kind?: 'runbook' | 'note' | null;
  /** The team that keeps it right. */
  @IsOptional() @IsCleanText() @MaxLength(200) owner?: string | null;
  /** Where people read the original. */
  @IsOptional() @IsUrl({ protocols: ['http', 'https'], require_tld: false }) @MaxLength(2000) url?: string | null;
  /** Names of the clusters it is about; all when there are none. */
  @IsOptional() @IsArray() @ArrayMaxSize(100) @IsCleanText({ each: true }) @MaxLength(100, { each: true }) clusters?:
    string[] | null;
  /** Names of the alerts it is about: they find it before others. */
  @IsOptional() @IsArray() @ArrayMaxSize(100) @IsCleanText({ each: true }) @MaxLength(200, { each: true }) alerts?:
    string[] | null;
  /** From then on it is stale; never unless told. RFC 3339. */
  @IsOptional() @IsISO8601({ strict: true }) expires_at?: string | null;
}

/** One document of an import; the same `key` again is the same document. */
export class KnowledgeImportItem extends KnowledgeInput {
  /** Its name where it comes from, for instance the path of its file. */
  @IsCleanText() @MaxLength(300) key!: string;
}

export class KnowledgeImportInput {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => KnowledgeImportItem)
  documents!: KnowledgeImportItem[];
  /** Says what would happen, and does nothing. */
  @IsOptional() @IsBoolean() dry_run?: boolean | null;
}

export const KNOWLEDGE_OUTCOMES = ['created', 'updated', 'unchanged'] as const;

export class KnowledgeImportResult {
  @IsString() key!: string;
  @IsIn(KNOWLEDGE_OUTCOMES) outcome!: (typeof KNOWLEDGE_OUTCOMES)[number];
  /** Null for one that a dry run would create. */
  @IsOptional() @IsString() id?: string | null;
}

export class KnowledgeImportReport {
  @IsBoolean() dry_run!: boolean;
  @IsArray() @ValidateNested({ each: true }) @Type(() => KnowledgeImportResult) results!: KnowledgeImportResult[];
}

/** A document in a list, without its text. */
export class KnowledgeSummary {
  @IsString() id!: string;
  @IsString() title!: string;
  @IsIn(KNOWLEDGE_KINDS) kind!: KnowledgeKind;
  @IsIn(KNOWLEDGE_STATES) state!: KnowledgeState;
  @IsOptional() @IsString() owner?: string | null;
  @IsOptional() @IsString() url?: string | null;
  /** Its key where it was imported from. */
  @IsOptional() @IsString() key?: string | null;
  @IsArray() @IsString({ each: true }) clusters!: string[];
  @IsArray() @IsString({ each: true }) alerts!: string[];
  @IsOptional() @IsString() expires_at?: string | null;
  @IsInt() version!: number;
  @IsString() created_at!: string;
  @IsString() updated_at!: string;
  @IsString() updated_by!: string;
}

export class KnowledgeView extends KnowledgeSummary {
  @IsString() text!: string;
}

export class KnowledgePage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => KnowledgeSummary) items!: KnowledgeSummary[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

/** A version as it was, who made it and why. */
export class KnowledgeVersionView {
  @IsInt() version!: number;
  @IsString() title!: string;
  @IsString() author!: string;
  /** `created`, `updated`, `imported`, `deleted`, `restored` or `distilled`. */
  @IsString() change!: string;
  @IsString() created_at!: string;
}

/** The text that a version had. */
export class KnowledgeVersionText extends KnowledgeVersionView {
  @IsString() text!: string;
}

export class KnowledgeVersionPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => KnowledgeVersionView) items!: KnowledgeVersionView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class ListKnowledge extends PageQuery {
  /** Those that are not deleted unless told. */
  @IsOptional() @IsIn(KNOWLEDGE_STATES) state?: KnowledgeState | null;
  @IsOptional() @IsIn(KNOWLEDGE_KINDS) kind?: KnowledgeKind | null;
  @IsOptional() @IsString() @MaxLength(200) owner?: string | null;
  /** Part of the title. */
  @IsOptional() @IsString() @MaxLength(300) title?: string | null;
}

export class ListKnowledgeVersions extends PageQuery {
  @IsString() @MaxLength(100) id!: string;
}

export class GetKnowledgeVersion {
  @IsString() @MaxLength(100) id!: string;
  @IsInt() @Min(1) version!: number;
}

/** A question in words, in any language. */
export class SearchKnowledge {
  @IsCleanText() @MaxLength(2000) q!: string;
  /** Name of a cluster: only what is about it, or about all. */
  @IsOptional() @IsString() @MaxLength(100) cluster?: string | null;
  /** 10 unless told. */
  @IsOptional() @IsInt() @Min(1) @Max(50) limit?: number | null;
}

/** A document that fits, with the passage that fits best: what an answer cites. */
export class KnowledgeFound {
  @IsString() document_id!: string;
  @IsInt() version!: number;
  @IsString() title!: string;
  @IsIn(KNOWLEDGE_KINDS) kind!: KnowledgeKind;
  @IsOptional() @IsString() url?: string | null;
  /** The headings above the passage. */
  @IsString() heading!: string;
  @IsString() passage!: string;
  /** Higher is better, comparable within one answer only. */
  @IsNumber() score!: number;
}

export class KnowledgeFindings {
  @IsArray() @ValidateNested({ each: true }) @Type(() => KnowledgeFound) items!: KnowledgeFound[];
}

export class CreateKnowledge {
  @ValidateNested() @Type(() => KnowledgeInput) document!: KnowledgeInput;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class UpdateKnowledge extends CreateKnowledge {
  @IsString() @MaxLength(100) id!: string;
  @IsOptional() @IsInt() expected_version?: number | null;
}

/** Deletes a document, or restores a deleted one. */
export class SetKnowledgeDeleted {
  @IsString() @MaxLength(100) id!: string;
  @IsOptional() @IsInt() expected_version?: number | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class ImportKnowledge extends KnowledgeImportInput {
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

const owner = 'ai' as const;
const subject = (verb: string): string => `alertagent.ai.v1.${verb}`;

export const createKnowledge = defineRequest({
  owner,
  subject: subject('create-knowledge'),
  request: CreateKnowledge,
  reply: KnowledgeView,
});
export const updateKnowledge = defineRequest({
  owner,
  subject: subject('update-knowledge'),
  request: UpdateKnowledge,
  reply: KnowledgeView,
});
export const deleteKnowledge = defineRequest({
  owner,
  subject: subject('delete-knowledge'),
  request: SetKnowledgeDeleted,
  reply: Done,
});
export const restoreKnowledge = defineRequest({
  owner,
  subject: subject('restore-knowledge'),
  request: SetKnowledgeDeleted,
  reply: KnowledgeView,
});
export const getKnowledge = defineRequest({
  owner,
  subject: subject('get-knowledge'),
  request: ById,
  reply: KnowledgeView,
});
export const listKnowledge = defineRequest({
  owner,
  subject: subject('list-knowledge'),
  request: ListKnowledge,
  reply: KnowledgePage,
});
export const listKnowledgeVersions = defineRequest({
  owner,
  subject: subject('list-knowledge-versions'),
  request: ListKnowledgeVersions,
  reply: KnowledgeVersionPage,
});
export const getKnowledgeVersion = defineRequest({
  owner,
  subject: subject('get-knowledge-version'),
  request: GetKnowledgeVersion,
  reply: KnowledgeVersionText,
});
export const searchKnowledge = defineRequest({
  owner,
  subject: subject('search-knowledge'),
  request: SearchKnowledge,
  reply: KnowledgeFindings,
});
/** All or nothing; the same documents again change nothing. */
export const importKnowledge = defineRequest({
  owner,
  subject: subject('import-knowledge'),
  request: ImportKnowledge,
  reply: KnowledgeImportReport,
  timeoutMs: 15_000,
});
