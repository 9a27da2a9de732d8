import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, IsNumber, IsOptional, IsString, ValidateNested } from 'class-validator';
import { defineRequest } from './contract';
import { Nothing } from './kit';

/** Servers that answer questions with a model. */
export const MODEL_PROVIDERS = ['dify', 'openai'] as const;
export type ModelProvider = (typeof MODEL_PROVIDERS)[number];

/** What calls of models took. */
export class ModelUsage {
  /** Calls that were made; those that the budget refused are not among them. */
  @IsInt() calls!: number;
  @IsInt() input_tokens!: number;
  @IsInt() output_tokens!: number;
  /** In the currency that the prices are configured in. */
  @IsNumber() cost!: number;
  /** Milliseconds that models were waited for. */
  @IsInt() ms!: number;
  /** At least one figure is an estimate, because the server reported none or the call has not ended. */
  @IsBoolean() estimated!: boolean;
}

/** One limit of the day, and how far it is used. */
export class BudgetAmount {
  /** Null when there is none. */
  @IsOptional() @IsNumber() limit?: number | null;
  /** By calls that ended. */
  @IsNumber() spent!: number;
  /** By calls that have not ended yet, at most. */
  @IsNumber() reserved!: number;
  /** The part of the limit that only incidents of priority P1 may use. */
  @IsNumber() kept_for_p1!: number;
  /** What the next call of an incident of another priority may take; null without a limit. */
  @IsOptional() @IsNumber() left?: number | null;
}

/** Limits of one incident; null where there is none. */
export class IncidentBudget {
  @IsOptional() @IsNumber() tokens?: number | null;
  @IsOptional() @IsNumber() cost?: number | null;
  @IsOptional() @IsNumber() time_ms?: number | null;
}

export class ProviderUsage {
  @IsIn(MODEL_PROVIDERS) provider!: ModelProvider;
  @ValidateNested() @Type(() => ModelUsage) usage!: ModelUsage;
}

/** What models may take today, and have taken. */
export class BudgetView {
  /** The day in UTC, such as `2026-11-28`. */
  @IsString() day!: string;
  /** When the next day begins with nothing spent. */
  @IsString() resets_at!: string;
  @ValidateNested() @Type(() => BudgetAmount) tokens!: BudgetAmount;
  @ValidateNested() @Type(() => BudgetAmount) cost!: BudgetAmount;
  @ValidateNested() @Type(() => BudgetAmount) time_ms!: BudgetAmount;
  @ValidateNested() @Type(() => IncidentBudget) per_incident!: IncidentBudget;
  @IsArray() @ValidateNested({ each: true }) @Type(() => ProviderUsage) providers!: ProviderUsage[];
  /** Calls of the day that were not made because a budget was spent. */
  @IsInt() refused!: number;
}

export const getModelBudget = defineRequest({
  owner: 'ai',
  subject: 'alertagent.ai.v1.get-model-budget',
  request: Nothing,
  reply: BudgetView,
});
