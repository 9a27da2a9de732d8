import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { defineRequest } from './contract';
import { Actor, ById, PageQuery } from './kit';
import { IsCleanText } from './validators';

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
  /** When somebody dismissed it, who, and why: it is known, and no defect that anybody will mend. Null while it is open. */
  @IsOptional() @IsString() dismissed_at?: string | null;
  @IsOptional() @IsString() dismissed_by?: string | null;
  @IsOptional() @IsString() dismissal_reason?: string | null;
}

/** `open` are those that nobody has dismissed. */
export const DISAGREEMENT_STATES = ['open', 'dismissed', 'all'] as const;
export type DisagreementState = (typeof DISAGREEMENT_STATES)[number];

export class ListRuleDisagreements extends PageQuery {
  /** `open` unless told. */
  @IsOptional() @IsIn(DISAGREEMENT_STATES) state?: DisagreementState | null;
}

/** Why it is no defect, or none that will be mended. */
export class DisagreementDismissal {
  @IsCleanText() @MaxLength(1000) reason!: string;
}

export class DismissRuleDisagreement extends ById {
  @IsCleanText() @MaxLength(1000) reason!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class ReopenRuleDisagreement extends ById {
  @ValidateNested() @Type(() => Actor) actor!: Actor;
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
  request: ListRuleDisagreements,
  reply: RuleDisagreementPage,
});
/** With the whole text. Errors: `not_found`. */
export const getRuleDisagreement = defineRequest({
  owner: 'rules',
  subject: 'alertagent.rules.v1.get-rule-disagreement',
  request: ById,
  reply: RuleDisagreementView,
});
/** It is not told any more when it is met again. Once more with another reason changes the reason. Errors: `not_found`. */
export const dismissRuleDisagreement = defineRequest({
  owner: 'rules',
  subject: 'alertagent.rules.v1.dismiss-rule-disagreement',
  request: DismissRuleDisagreement,
  reply: RuleDisagreementView,
});
/** It is a defect again; what is open stays so. Errors: `not_found`. */
export const reopenRuleDisagreement = defineRequest({
  owner: 'rules',
  subject: 'alertagent.rules.v1.reopen-rule-disagreement',
  request: ReopenRuleDisagreement,
  reply: RuleDisagreementView,
});
