import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { defineRequest } from './contract';
import { ById, PageQuery } from './kit';

/** A text that promtool judges differently than we do: a defect of the validation. */
export class RuleDisagreementView {
  @IsString() id!: string;
  /** Whether somebody asked about the text, or saved the rule. */
  @IsIn(['validated', 'saved']) source!: 'validated' | 'saved';
  @IsOptional() @IsString() rule_id?: string | null;
  @IsOptional() @IsInt() rule_version?: number | null;
  /** Version of the promtool; we judged for the same. */
  @IsString() promtool!: string;
  /** What we said. Promtool said the opposite. */
  @IsBoolean() valid!: boolean;
  /** Why whichever of the two refused it. */
  @IsString() reason!: string;
  /** The rule file that both judged. In the list only its beginning. */
  @IsString() text!: string;
  @IsBoolean() is_shortened!: boolean;
  /** How many times it was met. */
  @IsInt() seen!: number;
  @IsString() first_seen_at!: string;
  @IsString() last_seen_at!: string;
}

export class RuleDisagreementPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleDisagreementView) items!: RuleDisagreementView[];
  @IsOptional() @IsString() next_cursor?: string | null;
  /** Version of the promtool that judges now; null when none does. */
  @IsOptional() @IsString() promtool?: string | null;
}

/** Newest first. */
export const listRuleDisagreements = defineRequest({
  owner: 'rules',
  subject: 'alertagent.rules.v1.list-rule-disagreements',
  request: PageQuery,
  reply: RuleDisagreementPage,
});
/** With the whole text. Errors: `not_found`. */
export const getRuleDisagreement = defineRequest({
  owner: 'rules',
  subject: 'alertagent.rules.v1.get-rule-disagreement',
  request: ById,
  reply: RuleDisagreementView,
});
