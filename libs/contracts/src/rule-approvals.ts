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
  ValidateNested,
} from 'class-validator';
import { defineRequest } from './contract';
import { Actor, ById, Done, PageQuery } from './kit';
import { IsCleanText } from './validators';

/** Who may approve; an administrator always may. */
export const APPROVER_ROLES = ['operator', 'admin'] as const;
export type ApproverRole = (typeof APPROVER_ROLES)[number];

/** Which changes of rules a second person has to approve. A change is compared as it was and as it would be. */
export class ApprovalPolicyInput {
  /** Unique. */
  @IsCleanText() @MaxLength(100) name!: string;
  /** Rules of this team. */
  @IsOptional() @IsCleanText() @MaxLength(200) owner?: string | null;
  /** What the labels of a rule must satisfy, `severity` and `alertname` among them, such as `severity="critical"`; all of them. */
  @IsOptional() @IsArray() @ArrayMaxSize(50) @IsString({ each: true }) @MaxLength(1000, { each: true }) matchers?:
    string[] | null;
  /** `operator` unless told. */
  @IsOptional() @IsIn(APPROVER_ROLES) approver_role?: ApproverRole | null;
  /** True unless told. Changes that wait already go on waiting. */
  @IsOptional() @IsBoolean() enabled?: boolean | null;
}

export class ApprovalPolicyView {
  @IsString() id!: string;
  @IsString() name!: string;
  @IsOptional() @IsString() owner?: string | null;
  @IsArray() @IsString({ each: true }) matchers!: string[];
  @IsIn(APPROVER_ROLES) approver_role!: ApproverRole;
  @IsBoolean() enabled!: boolean;
  @IsInt() version!: number;
  @IsString() created_at!: string;
  @IsString() updated_at!: string;
}

export class ApprovalPolicyPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ApprovalPolicyView) items!: ApprovalPolicyView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class CreateApprovalPolicy {
  @ValidateNested() @Type(() => ApprovalPolicyInput) policy!: ApprovalPolicyInput;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class UpdateApprovalPolicy extends CreateApprovalPolicy {
  @IsString() @MaxLength(100) id!: string;
  @IsOptional() @IsInt() expected_version?: number | null;
}

export class DeleteApprovalPolicy {
  @IsString() @MaxLength(100) id!: string;
  @IsOptional() @IsInt() expected_version?: number | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

/**
 * `pending` waits; `superseded` by a newer change of the rule; `overridden` by an administrator in an emergency. While it is
 * pending or rejected and no newer change came, the version before it goes on running.
 */
export const APPROVAL_STATES = ['pending', 'approved', 'rejected', 'superseded', 'overridden'] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

/** One version of a rule that a second person has to approve before it is distributed. */
export class RuleApprovalView {
  @IsString() id!: string;
  @IsString() rule_id!: string;
  @IsString() rule_name!: string;
  /** The version it is about. */
  @IsInt() @Min(1) version!: number;
  /** SHA-256 of the content it is about. */
  @IsString() content_hash!: string;
  /** What was done to the rule: `created`, `updated`, `restored`, `deleted`, … */
  @IsString() change!: string;
  @IsIn(APPROVAL_STATES) state!: ApprovalState;
  /** The version that runs until then; null when none does. */
  @IsOptional() @IsInt() placed_version?: number | null;
  /** Everybody who changed the rule since `placed_version`: none of them may approve. */
  @IsArray() @IsString({ each: true }) authors!: string[];
  /** The author's reason. */
  @IsOptional() @IsString() reason?: string | null;
  /** Names of the policies that ask for it. */
  @IsArray() @IsString({ each: true }) policies!: string[];
  @IsIn(APPROVER_ROLES) approver_role!: ApproverRole;
  @IsString() requested_at!: string;
  @IsOptional() @IsString() decided_by?: string | null;
  @IsOptional() @IsString() decided_at?: string | null;
  @IsOptional() @IsString() decision_reason?: string | null;
}

export class RuleApprovalPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleApprovalView) items!: RuleApprovalView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class ListRuleApprovals extends PageQuery {
  /** `pending` unless told. */
  @IsOptional() @IsIn(APPROVAL_STATES) state?: ApprovalState | null;
  @IsOptional() @IsString() @MaxLength(36) rule_id?: string | null;
}

/** What the approver has seen, and why it is right. */
export class ApproveRuleInput {
  /** When given, it is refused with `conflict` unless it is the content that waits. */
  @IsOptional() @Matches(/^[0-9a-f]{64}$/) content_hash?: string | null;
  @IsOptional() @IsCleanText() @MaxLength(1000) reason?: string | null;
}

/** Why not, or why without a second person. */
export class ApprovalReason {
  @IsCleanText() @MaxLength(1000) reason!: string;
}

/** What a person decides about a version that waits. */
export class DecideRuleApproval {
  @IsString() @MaxLength(36) id!: string;
  /** `override` places it without a second person; administrators only. */
  @IsIn(['approve', 'reject', 'override']) decision!: 'approve' | 'reject' | 'override';
  @IsOptional() @Matches(/^[0-9a-f]{64}$/) content_hash?: string | null;
  /** Needed unless it is approved. */
  @IsOptional() @IsCleanText() @MaxLength(1000) reason?: string | null;
  /** The role of whoever decides. */
  @IsIn(APPROVER_ROLES) role!: ApproverRole;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

const owner = 'rules' as const;
const subject = (verb: string): string => `alertagent.rules.v1.${verb}`;

export const createApprovalPolicy = defineRequest({
  owner,
  subject: subject('create-approval-policy'),
  request: CreateApprovalPolicy,
  reply: ApprovalPolicyView,
});
export const updateApprovalPolicy = defineRequest({
  owner,
  subject: subject('update-approval-policy'),
  request: UpdateApprovalPolicy,
  reply: ApprovalPolicyView,
});
export const deleteApprovalPolicy = defineRequest({
  owner,
  subject: subject('delete-approval-policy'),
  request: DeleteApprovalPolicy,
  reply: Done,
});
export const getApprovalPolicy = defineRequest({
  owner,
  subject: subject('get-approval-policy'),
  request: ById,
  reply: ApprovalPolicyView,
});
export const listApprovalPolicies = defineRequest({
  owner,
  subject: subject('list-approval-policies'),
  request: PageQuery,
  reply: ApprovalPolicyPage,
});
export const listRuleApprovals = defineRequest({
  owner,
  subject: subject('list-rule-approvals'),
  request: ListRuleApprovals,
  reply: RuleApprovalPage,
});
export const getRuleApproval = defineRequest({
  owner,
  subject: subject('get-rule-approval'),
  request: ById,
  reply: RuleApprovalView,
});
/** One decision has one effect, however many people decide at once: the others get `conflict`. */
export const decideRuleApproval = defineRequest({
  owner,
  subject: subject('decide-rule-approval'),
  request: DecideRuleApproval,
  reply: RuleApprovalView,
  timeoutMs: 8000,
});
