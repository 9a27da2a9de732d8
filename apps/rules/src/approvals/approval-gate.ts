import type { Actor } from '@alertagent/contracts';
import { Clock, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ruleView } from '../rules/rule-view';
import type { StoredRule } from '../rules/stored-rule';
import { contentHash } from '../versions/content-hash';
import type { RecordedChange } from '../versions/rule-history';
import type { StoredApprovalPolicy } from './approval-policy.entity';
import { ApprovalPoliciesStore } from './approval-policies.store';
import { isPoliced } from './matching-policies';
import type { StoredRuleApproval } from './rule-approval.entity';
import { RuleApprovalsStore } from './rule-approvals.store';

/** What runs on the clusters until a change of the rule is approved. */
interface Standing {
  /** What kept the rule's newest version from running before this change. */
  open: StoredRuleApproval | null;
  placed: StoredRule | null;
}

/**
 * Decides whether a change of a rule waits for a second person. The caller holds the targeting lock, writes the change, and
 * distributes it only when it does not wait.
 */
@Injectable()
export class ApprovalGate {
  constructor(
    private readonly policies: ApprovalPoliciesStore,
    private readonly approvals: RuleApprovalsStore,
    private readonly clock: Clock,
  ) {}

  /**
   * The change as it may be made now. A deletion that waits becomes a version of its own: the rule stays until then. Also ends
   * what the rule's version before waited for.
   */
  async admit(tx: EntityManager, change: RecordedChange): Promise<{ change: RecordedChange; waits: boolean }> {
    const standing = await this.standing(tx, change.before);
    const asking = await this.asking(tx, change, standing);
    await this.supersede(tx, standing.open, change);
    if (asking.length === 0) return { change, waits: false };
    const admitted = change.kind === 'deleted' && change.before ? requested(change, change.before) : change;
    await this.approvals.insert(tx, this.approval(admitted, standing, asking));
    return { change: admitted, waits: true };
  }

  private async standing(tx: EntityManager, before: StoredRule | null): Promise<Standing> {
    // A deleted rule runs nowhere, whatever it was.
    if (!before || before.deletedAt) return { open: null, placed: null };
    const open = await this.approvals.openOf(tx, before.id);
    return { open, placed: open ? open.placedRule : before };
  }

  /** The policies that ask for a second person: of the rule as it runs, or as it would. */
  private async asking(
    tx: EntityManager,
    { kind, after }: RecordedChange,
    { placed }: Standing,
  ): Promise<StoredApprovalPolicy[]> {
    // Nothing that anybody relies on goes away with a rule that never ran.
    if (kind === 'deleted' && !placed) return [];
    const view = ruleView(after);
    const running = placed && ruleView(placed);
    const isWhatRuns = kind !== 'deleted' && running !== null && contentHash(running) === contentHash(view);
    if (isWhatRuns) return [];
    const policies = await this.policies.enabled(tx);
    return policies.filter((policy) => isPoliced(policy, view) || (running && isPoliced(policy, running)));
  }

  private async supersede(
    tx: EntityManager,
    open: StoredRuleApproval | null,
    { actor, after }: RecordedChange,
  ): Promise<void> {
    if (!open) return;
    const closed = { ...open, openRuleId: null };
    if (open.state !== 'pending') return this.approvals.update(tx, closed);
    const decision = { decidedBy: actor.name, decidedAt: this.clock.now() };
    const decisionReason = `version ${after.version} came`;
    await this.approvals.update(tx, { ...closed, ...decision, decisionReason, state: 'superseded' });
  }

  private approval(
    { kind, actor, after, reason }: RecordedChange,
    { open, placed }: Standing,
    asking: readonly StoredApprovalPolicy[],
  ): StoredRuleApproval {
    return {
      id: newId(),
      ruleId: after.id,
      ruleName: after.name,
      version: after.version,
      contentHash: contentHash(ruleView(after)),
      change: kind,
      state: 'pending',
      openRuleId: after.id,
      placedVersion: placed?.version ?? null,
      placedRule: placed,
      authors: withAuthor(open?.authors ?? [], actor),
      reason: reason ?? null,
      policies: asking.map(({ name }) => name),
      approverRole: asking.some(({ approverRole }) => approverRole === 'admin') ? 'admin' : 'operator',
      requestedAt: this.clock.now(),
      decidedBy: null,
      decidedAt: null,
      decisionReason: null,
    };
  }
}

/** The same rule once more, as the version that asks for its deletion. */
const requested = (change: RecordedChange, before: StoredRule): RecordedChange => ({
  ...change,
  kind: 'deletion-requested',
  after: { ...before, version: change.after.version, updatedAt: change.after.updatedAt },
});

const withAuthor = (authors: readonly Actor[], actor: Actor): Actor[] =>
  authors.some(({ id }) => id === actor.id) ? [...authors] : [...authors, actor];
