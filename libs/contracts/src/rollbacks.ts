import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, MaxLength, Min, ValidateNested } from 'class-validator';
import { CONFIG_TYPES, type ConfigType } from './config';
import { defineRequest } from './contract';
import { Actor } from './kit';
import { RolloutView } from './rollouts';
import type { RuleTarget } from './rules';
import { IsCleanText, IsTargetList } from './validators';

/** Which clusters go back, and to what. */
export class RollbackInput {
  /** Cluster ids, names or label selectors; all clusters when absent. */
  @IsOptional() @IsTargetList() targets?: RuleTarget[] | null;
  /** `prometheus-rules` unless told. */
  @IsOptional() @IsIn(CONFIG_TYPES) type?: ConfigType | null;
  /** A published revision of the one cluster that is named; what was proven live before when absent. */
  @IsOptional() @IsInt() @Min(1) revision?: number | null;
  @IsOptional() @IsCleanText() @MaxLength(500) reason?: string | null;
}

/** How to take one cluster back: a `RollbackInput` whose cluster stands in the address. */
export class ClusterRollbackInput {
  @IsOptional() @IsIn(CONFIG_TYPES) type?: ConfigType | null;
  @IsOptional() @IsInt() @Min(1) revision?: number | null;
  @IsOptional() @IsCleanText() @MaxLength(500) reason?: string | null;
}

export class RollBack {
  @ValidateNested() @Type(() => RollbackInput) rollback!: RollbackInput;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

const owner = 'config' as const;

/** Orders clusters back; they stay held there until released. The answer is a rollout of the kind `rollback`. */
export const rollBack = defineRequest({
  owner,
  subject: 'alertagent.config.v1.roll-back',
  request: RollBack,
  reply: RolloutView,
  timeoutMs: 10_000,
});
