import {
  ServiceError,
  type Actor,
  type DismissRuleDisagreement,
  type ReopenRuleDisagreement,
  type RuleDisagreementView,
} from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { disagreementView } from './disagreements-reader';
import { DisagreementsStore, type Dismissal } from './disagreements.store';

/** What people say about the disagreements: known and not to be mended, or a defect after all. */
@Injectable()
export class Dismissals {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: DisagreementsStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Errors: `not_found`. */
  dismiss({ id, reason, actor }: DismissRuleDisagreement): Promise<RuleDisagreementView> {
    return this.judge(id, actor, { dismissedAt: this.clock.now(), dismissedBy: actor.name, dismissalReason: reason });
  }

  /** Errors: `not_found`. */
  reopen({ id, actor }: ReopenRuleDisagreement): Promise<RuleDisagreementView> {
    return this.judge(id, actor, null);
  }

  private judge(id: string, actor: Actor, dismissal: Dismissal | null): Promise<RuleDisagreementView> {
    return inTransaction(this.dataSource, async (tx) => {
      const before = await this.store.find(tx, id);
      if (!before) throw new ServiceError('not_found', 'there is no such disagreement');
      if (dismissal === null && before.dismissedAt === null) return disagreementView(before);
      await this.store.judge(tx, id, dismissal);
      const after = { ...before, dismissedAt: null, dismissedBy: null, dismissalReason: null, ...dismissal };
      await this.audit.record(tx, {
        actor,
        action: dismissal === null ? 'rule.disagreement.reopened' : 'rule.disagreement.dismissed',
        resource_type: 'rule_disagreement',
        resource_id: id,
        before: { dismissal_reason: before.dismissalReason },
        after: { dismissal_reason: after.dismissalReason },
      });
      return disagreementView(after);
    });
  }
}
