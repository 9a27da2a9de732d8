import {
  ServiceError,
  type Actor,
  type ApproverRole,
  type DecideRuleApproval,
  type RuleApprovalView,
} from '@alertagent/contracts';
import { AuditLog, Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TargetingTransactions } from '../distributions/targeting-transactions';
import { approvalView } from './approval-views';
import type { StoredRuleApproval } from './rule-approval.entity';
import { RuleApprovalsStore } from './rule-approvals.store';
import { RuleReleases } from './rule-releases';

const STATES = { approve: 'approved', reject: 'rejected', override: 'overridden' } as const;

/** Takes what people decide about versions that wait. */
@Injectable()
export class ApprovalDecisions {
  constructor(
    private readonly transactions: TargetingTransactions,
    private readonly approvals: RuleApprovalsStore,
    private readonly releases: RuleReleases,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * One decision per version, however many decide at once. A rejected version goes on keeping the one before it in place until
   * the rule is changed. Errors: `not_found`; `forbidden` for an author or too low a role; `invalid` without a reason;
   * `conflict` when it does not wait any more or is not the content that was seen.
   */
  decide(query: DecideRuleApproval): Promise<RuleApprovalView> {
    const { id, decision, actor, reason } = query;
    if (decision !== 'approve' && !reason) throw needsReason();
    return this.transactions.run(async (tx, moved) => {
      const waiting = await this.waiting(tx, id);
      refuse(waiting, query);
      const now = this.clock.now();
      const decided: StoredRuleApproval = {
        ...waiting,
        state: STATES[decision],
        openRuleId: decision === 'reject' ? waiting.openRuleId : null,
        decidedBy: actor.name.slice(0, 200),
        decidedAt: now,
        decisionReason: reason ?? null,
      };
      if (decision !== 'reject') moved.push(...(await this.releases.release(tx, waiting, actor, now)));
      await this.approvals.update(tx, decided);
      await this.record(tx, actor, waiting, decided);
      return approvalView(decided);
    });
  }

  private async waiting(tx: EntityManager, id: string): Promise<StoredRuleApproval> {
    const approval = await this.approvals.find(tx, id);
    if (!approval) throw new ServiceError('not_found', 'there is no such approval');
    if (approval.state === 'pending') return approval;
    throw new ServiceError('conflict', `version ${approval.version} does not wait: it is ${approval.state} already`);
  }

  private async record(
    tx: EntityManager,
    actor: Actor,
    before: StoredRuleApproval,
    after: StoredRuleApproval,
  ): Promise<void> {
    await this.audit.record(tx, {
      actor,
      action: `rule.approval.${after.state}`,
      resource_type: 'rule',
      resource_id: after.ruleId,
      before: approvalView(before),
      after: approvalView(after),
    });
  }
}

function refuse(waiting: StoredRuleApproval, { decision, content_hash, role, actor }: DecideRuleApproval): void {
  if (content_hash && content_hash !== waiting.contentHash)
    throw new ServiceError('conflict', `version ${waiting.version} has another content than the one you have seen`);
  if (decision === 'override') {
    if (role !== 'admin') throw new ServiceError('forbidden', 'only an administrator may do without a second person');
    return;
  }
  if (!isAllowed(role, waiting.approverRole))
    throw new ServiceError('forbidden', `this takes the role ${waiting.approverRole}`);
  if (decision === 'approve' && waiting.authors.some((author) => isSamePerson(author, actor)))
    throw new ServiceError(
      'forbidden',
      'whoever changed the rule may not approve the change: it takes a second person',
    );
}

const isAllowed = (role: ApproverRole, needed: ApproverRole): boolean => role === 'admin' || role === needed;

/** Two tokens of one name are taken for one person's. */
const isSamePerson = (a: Actor, b: Actor): boolean => a.id === b.id || a.name === b.name;

const needsReason = (): ServiceError =>
  new ServiceError('invalid', '/reason: expected a reason', {
    errors: [{ pointer: '/reason', code: 'required', detail: 'expected a reason' }],
  });
