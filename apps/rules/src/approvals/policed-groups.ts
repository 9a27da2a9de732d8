import { ServiceError, type Actor } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ruleView } from '../rules/rule-view';
import { RulesStore } from '../rules/rules.store';
import type { StoredRule } from '../rules/stored-rule';
import { ApprovalPoliciesStore } from './approval-policies.store';
import { isPoliced } from './matching-policies';
import { RuleApprovalsStore } from './rule-approvals.store';

/** A group whose settings are about to change. */
export interface ChangedGroup {
  namespace: string;
  name: string;
  /** Before and after the change. */
  labels: readonly Record<string, string>[];
}

/**
 * Keeps one person alone from changing what rules do that need a second one: a limit, an interval or a label of their group can
 * silence them as well as any change of their own.
 */
@Injectable()
export class PolicedGroups {
  constructor(
    private readonly rules: RulesStore,
    private readonly approvals: RuleApprovalsStore,
    private readonly policies: ApprovalPoliciesStore,
  ) {}

  /** The caller holds the targeting lock. Errors: `forbidden` for all but administrators, when a policy asks for a second person. */
  async admit(tx: EntityManager, group: ChangedGroup, actor: Pick<Actor, 'role'>): Promise<void> {
    if (actor.role === 'admin') return;
    const policies = await this.policies.enabled(tx);
    if (policies.length === 0) return;
    const views = (await this.runningIn(tx, group)).map((rule) => ruleView(rule));
    const policy = policies.find((one) =>
      views.some((view) => group.labels.some((labels) => isPoliced(one, view, labels))),
    );
    if (policy === undefined) return;
    const detail = `rules of this group need a second person (approval policy ${policy.name}), so only an administrator may change its settings`;
    throw new ServiceError('forbidden', detail);
  }

  /** What runs, and what would run next; a rule that waits to leave the group is still in it. */
  private async runningIn(tx: EntityManager, { namespace, name }: ChangedGroup): Promise<StoredRule[]> {
    const newest = await this.rules.ofGroup(tx, { namespace, group: name });
    const held = (await this.approvals.open(tx)).flatMap(({ placedRule }) => placedRule ?? []);
    return [...newest, ...held.filter((rule) => rule.namespace === namespace && rule.group === name)];
  }
}
