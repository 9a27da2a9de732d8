import { checkDecisionPolicy, decide, policyVersion, type DecisionPolicy } from '@alertagent/alerting';
import {
  ServiceError,
  type ChangedDecision,
  type DecisionPolicyInput,
  type DecisionPolicyPage,
  type DecisionPolicyView,
  type DecisionReplay,
  type DecisionTrial,
  type PageQuery,
  type ReplayDecisions,
  type SetDecisionPolicy,
  type TryDecisionPolicy,
} from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { pageOf, pagePosition } from '../requests/page';
import { decisionView, isSameDecision, policyOf } from './decision';
import { DecisionPoliciesStore } from './decision-policies.store';
import type { StoredPolicy } from './decision-policy.entity';
import { DecisionsStore } from './decisions.store';

const DEFAULT_LAST = 1_000;
const MAX_NAMED = 100;

/** Versions of the decision policy, and decisions made again: by another policy, to see what it would change, or by their own. */
@Injectable()
export class DecisionPoliciesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly policies: DecisionPoliciesStore,
    private readonly decisions: DecisionsStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Newest first; the one of the configuration ends the last page. Errors: `invalid` when the cursor is none of ours. */
  async list(page: PageQuery): Promise<DecisionPolicyPage> {
    const { manager } = this.dataSource;
    const position = pagePosition(page);
    const current = (await this.policies.newest(manager))?.id ?? '';
    const found = pageOf(await this.policies.list(manager, position), position.limit, (policy) =>
      policyView(policy, current),
    );
    if (found.next_cursor === null) found.items.push(this.configuredView(current));
    return found;
  }

  /** Becomes the one that decides. Errors: `invalid`, with pointers. */
  async set({ actor, comment, ...input }: SetDecisionPolicy): Promise<DecisionPolicyView> {
    const policy = checked(input);
    return inTransaction(this.dataSource, async (tx) => {
      const before = await this.policies.newest(tx);
      const stored: StoredPolicy = {
        id: newId(),
        version: policyVersion(policy),
        thresholds: policy.thresholds,
        rules: [...policy.rules],
        comment: comment ?? null,
        createdBy: actor.name,
        createdAt: this.clock.now(),
      };
      await this.policies.insert(tx, stored);
      const view = policyView(stored, stored.id);
      await this.audit.record(tx, {
        actor,
        action: 'decision_policy.set',
        resource_type: 'decision_policy',
        resource_id: stored.id,
        before: before ? policyView(before, before.id) : this.configuredView(''),
        after: view,
      });
      return view;
    });
  }

  /** What stored decisions would have been. Nothing changes. Errors: `invalid`, with pointers. */
  async try({ last, ...input }: TryDecisionPolicy): Promise<DecisionTrial> {
    const policy = checked(input);
    const trial: DecisionTrial = { decisions: 0, changed: 0, before: {}, after: {}, examples: [] };
    for (const decision of await this.decisions.newest(this.dataSource.manager, last ?? DEFAULT_LAST)) {
      const would = decide(decision.inputs, policy);
      trial.decisions += 1;
      count(trial.before, decision.action);
      count(trial.after, would.action);
      const isSame =
        would.action === decision.action &&
        would.priority === decision.priority &&
        would.escalation_required === decision.escalationRequired;
      if (isSame) continue;
      trial.changed += 1;
      const example: ChangedDecision = {
        decision: decisionView(decision),
        would_be: would.action,
        would_be_priority: would.priority,
        would_escalate: would.escalation_required,
        why: would.reason,
      };
      if (trial.examples.length < MAX_NAMED) trial.examples.push(example);
    }
    return trial;
  }

  /** Makes stored decisions again from what was stored with them, and compares. */
  async replay({ last }: ReplayDecisions): Promise<DecisionReplay> {
    const found = await this.decisions.newest(this.dataSource.manager, last ?? DEFAULT_LAST);
    const different = found.filter(
      (decision) => !isSameDecision(decision, decide(decision.inputs, policyOf(decision))),
    );
    return {
      replayed: found.length,
      identical: found.length - different.length,
      different: different.slice(0, MAX_NAMED).map(({ id }) => id),
    };
  }

  private configuredView(current: string): DecisionPolicyView {
    const { thresholds } = this.policies.configured;
    return {
      id: '',
      version: policyVersion(this.policies.configured),
      current: current === '',
      thresholds,
      rules: [],
      comment: null,
      created_by: 'configuration',
      created_at: null,
    };
  }
}

function checked({ thresholds, rules }: DecisionPolicyInput): DecisionPolicy {
  const policy: DecisionPolicy = { thresholds: { ...thresholds }, rules: rules.map((rule) => ({ ...rule })) };
  const problems = checkDecisionPolicy(policy);
  const [first] = problems;
  if (first) throw new ServiceError('invalid', `${first.pointer}: ${first.detail}`.slice(0, 200), { errors: problems });
  return policy;
}

function policyView(policy: StoredPolicy, current: string): DecisionPolicyView {
  const { id, version, thresholds, rules, comment, createdBy, createdAt } = policy;
  return {
    id,
    version,
    current: id === current,
    thresholds,
    rules,
    comment,
    created_by: createdBy,
    created_at: createdAt.toISOString(),
  };
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
