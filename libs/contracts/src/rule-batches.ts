import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { defineRequest } from './contract';
import { Actor, ById, PageQuery } from './kit';
import type { RuleTarget } from './rules';
import { IsRuleTextMap, IsTargetList } from './validators';

/**
 * `distribute`: to `targets` too. `retarget`: to `targets` only. `enable`, `disable`, `delete`: as the word says. `relabel`: `set_labels`
 * are set, then `remove_labels` removed.
 */
export const RULE_BATCH_OPERATIONS = ['distribute', 'enable', 'disable', 'delete', 'relabel', 'retarget'] as const;
export type RuleBatchOperation = (typeof RULE_BATCH_OPERATIONS)[number];

/** `unchanged`: it was so already. */
export const RULE_BATCH_ITEM_STATES = ['waiting', 'done', 'unchanged', 'failed'] as const;
export type RuleBatchItemState = (typeof RULE_BATCH_ITEM_STATES)[number];

/** One thing to do with many rules. Each rule is changed on its own: one that fails does not keep the others. */
export class RuleBatchInput {
  @IsIn(RULE_BATCH_OPERATIONS) operation!: RuleBatchOperation;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1000)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(36, { each: true })
  rule_ids!: string[];
  /** For `distribute` and `retarget`. */
  @IsOptional() @IsTargetList() targets?: RuleTarget[] | null;
  /** For `relabel`. The label `severity` is the rule's severity. */
  @IsOptional() @IsRuleTextMap() set_labels?: Record<string, string> | null;
  /** For `relabel`. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(64)
  @IsString({ each: true })
  @MaxLength(200, { each: true })
  remove_labels?: string[] | null;
  /** Kept with the batch and in the audit record. */
  @IsOptional() @IsString() @MaxLength(500) reason?: string | null;
}

export class RuleBatchView {
  @IsString() id!: string;
  @IsIn(RULE_BATCH_OPERATIONS) operation!: RuleBatchOperation;
  /** `running` until each of its rules has a result. */
  @IsIn(['running', 'finished']) state!: 'running' | 'finished';
  @IsInt() total!: number;
  @IsInt() waiting!: number;
  @IsInt() done!: number;
  @IsInt() unchanged!: number;
  @IsInt() failed!: number;
  @IsOptional() @IsTargetList() targets?: RuleTarget[] | null;
  @IsOptional() @IsRuleTextMap() set_labels?: Record<string, string> | null;
  @IsOptional() @IsArray() @IsString({ each: true }) remove_labels?: string[] | null;
  @IsOptional() @IsString() reason?: string | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
  @IsString() created_at!: string;
  @IsOptional() @IsString() finished_at?: string | null;
}

export class RuleBatchItem {
  @IsString() rule_id!: string;
  @IsIn(RULE_BATCH_ITEM_STATES) status!: RuleBatchItemState;
  /** The rule's version afterwards; null when it failed or waits. */
  @IsOptional() @IsInt() version?: number | null;
  /** Why it failed: `{code, detail, pointer}`; null when it did not. */
  @IsOptional() @IsObject() error?: { code: string; detail: string; pointer: string | null } | null;
}

/** A batch with the results of all its rules, in the order they were given. */
export class RuleBatchDetail extends RuleBatchView {
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleBatchItem) items!: RuleBatchItem[];
}

export class RuleBatchPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleBatchView) items!: RuleBatchView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class ListRuleBatches extends PageQuery {
  @IsOptional() @IsIn(['running', 'finished']) state?: 'running' | 'finished' | null;
}

export class CreateRuleBatch {
  @ValidateNested() @Type(() => RuleBatchInput) batch!: RuleBatchInput;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

const owner = 'rules' as const;

/**
 * Stores the batch, then works on it, and answers once it is finished, or after some seconds as far as it is: it goes on then,
 * and after a crash. Errors: `invalid` when the operation lacks what it needs or a target is unknown.
 */
export const createRuleBatch = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.create-rule-batch',
  request: CreateRuleBatch,
  reply: RuleBatchDetail,
  timeoutMs: 15_000,
});
export const getRuleBatch = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.get-rule-batch',
  request: ById,
  reply: RuleBatchDetail,
});
/** Newest first. */
export const listRuleBatches = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.list-rule-batches',
  request: ListRuleBatches,
  reply: RuleBatchPage,
});
