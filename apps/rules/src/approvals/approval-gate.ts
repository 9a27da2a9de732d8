import { renderedGroupName } from '@alertagent/alerting';
import type { Actor } from '@alertagent/contracts';
import { Clock, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { RuleGroupsStore } from '../rule-groups/rule-groups.store';
import { ruleView } from '../rules/rule-view';
import type { StoredRule } from '../rules/stored-rule';
import { contentHash } from '../versions/content-hash';
import type { RecordedChange } from '../versions/rule-history';
import type { StoredApprovalPolicy } from './approval-policy.entity';
import { ApprovalPoliciesStore } from './approval-policies.store';
import { isPoliced } from './matching-policies';
import type { StoredRuleApproval } from './rule-approval.entity';
import { RuleApprovalsStore } from './rule-approvals.store';

/** A change as it may be made, and whether it is distributed only after somebody approved. */
export interface AdmittedChange {
  change: RecordedChange;
  waits: boolean;
}

type Labels = Record<string, string>;
/** What a group gives to the alerts of its rules, by group as it is rendered. */
type GroupLabels = ReadonlyMap<string, Labels>;

/** What changes are judged by. */
interface Situation {
  open: ReadonlyMap<string, StoredRuleApproval>;
  policies: readonly StoredApprovalPolicy[];
  groupLabels: GroupLabels;
}

/** What runs on the clusters until a change of the rule is approved. */
interface Standing {
  /** What kept the rule's newest version from running before this change. */
  open: StoredRuleApproval | null;
  placed: StoredRule | null;
}

/**
 * Decides whether changes of rules wait for a second person. The caller holds the targeting lock, writes the changes, and
 * distributes those that do not wait.
 */
@Injectable()
export class ApprovalGate {
  constructor(
    private readonly policies: ApprovalPoliciesStore,
    private readonly approvals: RuleApprovalsStore,
    private readonly groups: RuleGroupsStore,
    private readonly clock: Clock,
  ) {}

  /**
   * Changes of different rules, as they may be made now, in their order. A deletion that waits becomes a version of its own: the rule
   * stays until then. Also ends what the rules' versions before waited for.
   */
  async admit(tx: EntityManager, changes: readonly RecordedChange[]): Promise<AdmittedChange[]> {
    // A deleted rule runs nowhere, whatever it was.
    const live = changes.flatMap(({ before }) => (before && !before.deletedAt ? [before.id] : []));
    const open = await this.approvals.openOf(tx, live);
    const policies = changes.length === 0 ? [] : await this.policies.enabled(tx);
    const groupLabels = policies.length === 0 ? new Map<string, Labels>() : await this.groupLabels(tx);
    const admitted: AdmittedChange[] = [];
    for (const change of changes) admitted.push(await this.admitOne(tx, change, { open, policies, groupLabels }));
    return admitted;
  }

  private async admitOne(
    tx: EntityManager,
    change: RecordedChange,
    { open, policies, groupLabels }: Situation,
  ): Promise<AdmittedChange> {
    const standing = standingOf(change.before, open);
    const asking = policiesAsking(policies, change, { standing, groupLabels });
    await this.supersede(tx, standing.open, change);
    if (asking.length === 0) return { change, waits: false };
    const admitted = change.kind === 'deleted' && change.before ? requested(change, change.before) : change;
    await this.approvals.insert(tx, this.approval(admitted, standing, asking));
    return { change: admitted, waits: true };
  }

  /** Few groups have settings, and fewer have labels. */
  private async groupLabels(tx: EntityManager): Promise<GroupLabels> {
    const groups = await this.groups.withSettings(tx);
    return new Map(groups.map(({ namespace, name, labels }) => [groupKey({ namespace, group: name }), labels]));
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

function standingOf(before: StoredRule | null, open: ReadonlyMap<string, StoredRuleApproval>): Standing {
  if (!before || before.deletedAt) return { open: null, placed: null };
  const own = open.get(before.id) ?? null;
  return { open: own, placed: own ? own.placedRule : before };
}

/** The policies that ask for a second person: of the rule as it runs, or as it would. */
function policiesAsking(
  policies: readonly StoredApprovalPolicy[],
  { kind, after }: RecordedChange,
  { standing: { placed }, groupLabels }: { standing: Standing; groupLabels: GroupLabels },
): StoredApprovalPolicy[] {
  // Nothing that anybody relies on goes away with a rule that never ran.
  if (policies.length === 0 || (kind === 'deleted' && !placed)) return [];
  const view = ruleView(after);
  const running = placed && ruleView(placed);
  const isWhatRuns = kind !== 'deleted' && running !== null && contentHash(running) === contentHash(view);
  if (isWhatRuns) return [];
  const labelsOf = (rule: StoredRule): Labels => groupLabels.get(groupKey(rule)) ?? {};
  return policies.filter(
    (policy) =>
      isPoliced(policy, view, labelsOf(after)) || (placed && running && isPoliced(policy, running, labelsOf(placed))),
  );
}

const groupKey = ({ namespace, group }: Pick<StoredRule, 'namespace' | 'group'>): string =>
  renderedGroupName(namespace, group);

/** The same rule once more, as the version that asks for its deletion. */
const requested = (change: RecordedChange, before: StoredRule): RecordedChange => ({
  ...change,
  kind: 'deletion-requested',
  after: { ...before, version: change.after.version, updatedAt: change.after.updatedAt },
});

const withAuthor = (authors: readonly Actor[], actor: Actor): Actor[] =>
  authors.some(({ id }) => id === actor.id) ? [...authors] : [...authors, actor];
