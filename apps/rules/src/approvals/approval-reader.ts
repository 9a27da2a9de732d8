import {
  ServiceError,
  type ApprovalPolicyPage,
  type ApprovalPolicyView,
  type ListRuleApprovals,
  type PageQuery,
  type RuleApprovalPage,
  type RuleApprovalView,
} from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ApprovalPoliciesStore } from './approval-policies.store';
import { approvalView, policyView } from './approval-views';
import { RuleApprovalsStore } from './rule-approvals.store';

const DEFAULT_LIMIT = 50;

/** Answers questions about approval policies, and about what waits for approval. */
@Injectable()
export class ApprovalReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly policies: ApprovalPoliciesStore,
    private readonly approvals: RuleApprovalsStore,
  ) {}

  /** Errors: `not_found`. */
  async policy(id: string): Promise<ApprovalPolicyView> {
    const policy = await this.policies.find(this.dataSource.manager, id);
    if (!policy) throw new ServiceError('not_found', 'there is no such approval policy');
    return policyView(policy);
  }

  /** Oldest first. Errors: `invalid` when the cursor is none of ours. */
  async listPolicies({ cursor, limit }: PageQuery): Promise<ApprovalPolicyPage> {
    const size = limit ?? DEFAULT_LIMIT;
    const found = await this.policies.list(this.dataSource.manager, idCursor(cursor), size + 1);
    return page(found.map(policyView), size);
  }

  /** Errors: `not_found`. */
  async approval(id: string): Promise<RuleApprovalView> {
    const approval = await this.approvals.find(this.dataSource.manager, id);
    if (!approval) throw new ServiceError('not_found', 'there is no such approval');
    return approvalView(approval);
  }

  /** Newest first; those that wait unless told which. Errors: `invalid` when the cursor is none of ours. */
  async listApprovals({ cursor, limit, state, rule_id }: ListRuleApprovals): Promise<RuleApprovalPage> {
    const size = limit ?? DEFAULT_LIMIT;
    const filter = { state: state ?? (rule_id ? null : 'pending'), ruleId: rule_id ?? null, before: idCursor(cursor) };
    const found = await this.approvals.list(this.dataSource.manager, filter, size + 1);
    return page(found.map(approvalView), size);
  }
}

function idCursor(cursor: string | null | undefined): string | null {
  if (!cursor || /^[0-9a-f-]{36}$/.test(cursor)) return cursor ?? null;
  const problem = { pointer: '/cursor', code: 'bad_cursor', detail: 'expected the next_cursor of an earlier page' };
  throw new ServiceError('invalid', '/cursor: not a cursor of this list', { errors: [problem] });
}

function page<T extends { id: string }>(found: T[], size: number): { items: T[]; next_cursor: string | null } {
  const items = found.slice(0, size);
  return { items, next_cursor: found.length > size ? (items.at(-1)?.id ?? null) : null };
}
