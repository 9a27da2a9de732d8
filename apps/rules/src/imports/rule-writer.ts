import { ServiceError, type RuleImportResult } from '@alertagent/contracts';
import { Clock, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Transition } from '../distributions/distributions.metrics';
import { RuleChanges, type AttributedChange, type DecidedChange } from '../rules/rule-changes';
import { isSameContent, ruleContent, type UnplacedContent } from '../rules/rule-content';
import { RuleDecisions } from '../rules/rule-decisions';
import { RuleTargets, type ResolvedRuleTargets } from '../rules/rule-targets';
import { RulesStore } from '../rules/rules.store';
import type { PlannedRule } from './group-plan';
import { refuseOversized } from './import-limits';
import { warning, type Outcome } from './import-outcome';
import { ImportRecords } from './import-records';
import type { LeasedImport } from './rule-imports.store';

/** A rule that can be taken in, as far as can be told before it is. */
export interface CheckedRule {
  plan: PlannedRule;
  content: UnplacedContent;
  resolved: ResolvedRuleTargets;
}

type StoredRule = NonNullable<PlannedRule['before']>;

/** Checks rules that were read, and writes them. */
@Injectable()
export class RuleWriter {
  /** What the targets of the import in hand mean; thousands of rules have the same. */
  private known: { importId: string; targets: Map<string, ResolvedRuleTargets> } | null = null;

  constructor(
    private readonly store: RulesStore,
    private readonly targets: RuleTargets,
    private readonly changes: RuleChanges,
    private readonly decisions: RuleDecisions,
    private readonly records: ImportRecords,
    private readonly clock: Clock,
  ) {}

  /** Errors: `invalid` with pointers into the rule. */
  async check({ id, actor }: LeasedImport, plan: PlannedRule): Promise<CheckedRule> {
    refuseOversized(plan.input);
    const content = ruleContent(plan.input, actor);
    return { plan, content, resolved: await this.resolve(id, content) };
  }

  /**
   * Writes rules and their results together; in a dry run the results only. Errors: those of writing a rule, with nothing
   * written; LeaseLost.
   */
  async transaction(
    held: LeasedImport,
    rules: readonly CheckedRule[],
    resultsOf: (outcomeOf: (rule: CheckedRule) => Outcome) => RuleImportResult[],
  ): Promise<void> {
    const next = await this.changes.transaction(async (tx, moved) => {
      const written = await this.writeAll(tx, held, rules);
      moved.push(...written.transitions);
      return this.records.add(
        tx,
        held,
        resultsOf((rule) => written.outcomes.get(rule)!),
      );
    });
    Object.assign(held, next);
  }

  private async writeAll(tx: EntityManager, held: LeasedImport, rules: readonly CheckedRule[]) {
    const outcomes = new Map<CheckedRule, Outcome>();
    const transitions: Transition[] = [];
    let open: AttributedChange[] = [];
    const flush = async (): Promise<void> => {
      if (open.length > 0) transitions.push(...(await this.changes.applyAll(tx, open)).moved);
      open = [];
    };
    const ids = rules.flatMap(({ plan }) => (plan.before ? [plan.before.id] : []));
    const current = await this.store.byIds(tx, ids);
    let groupExists = false;
    for (const rule of rules) {
      // Its number depends on the rules before it.
      if (rule.plan.isDuplicate) await flush();
      const before = rule.plan.before && (current.get(rule.plan.before.id) ?? null);
      const decided = await this.decide(tx, held, { ...rule, before, groupExists });
      outcomes.set(rule, decided.outcome);
      if (!decided.change) continue;
      groupExists = true;
      open.push({ kind: before ? 'updated' : 'created', actor: held.actor, change: decided.change });
    }
    await flush();
    return { outcomes, transitions };
  }

  private async decide(
    tx: EntityManager,
    { options }: LeasedImport,
    { plan, content, resolved, before, groupExists }: CheckedRule & { before: StoredRule | null; groupExists: boolean },
  ): Promise<{ outcome: Outcome; change?: DecidedChange }> {
    const { item, isDuplicate } = plan;
    if (plan.before && before?.version !== plan.before.version) {
      throw new ServiceError('conflict', 'the rule was changed by somebody else meanwhile; import it again');
    }
    const said = 'the group has a rule of this name and labels already';
    const problems = isDuplicate ? [warning(item, 'duplicate', said)] : [];
    const is = (outcome: Outcome['outcome']): Outcome => ({
      outcome,
      ruleId: before?.id ?? null,
      version: before?.version ?? null,
      problems,
    });
    if (before && isUnchanged(before, content, resolved)) return { outcome: is('unchanged') };
    if (before && options.on_conflict === 'skip') return { outcome: is('skipped') };
    if (before && options.on_conflict === 'refuse') {
      throw new ServiceError('conflict', 'the rule is there already, with another content');
    }
    if (options.dry_run) return { outcome: is(before ? 'updated' : 'created') };
    const now = this.clock.now();
    const identity = before
      ? { id: before.id, version: before.version + 1, createdAt: before.createdAt, duplicateNo: before.duplicateNo }
      : { id: newId(), version: 1, createdAt: now, duplicateNo: 0 };
    const change = await this.decisions.write(tx, {
      before,
      identity: { ...identity, updatedAt: now },
      content,
      resolved,
      allowDuplicate: isDuplicate && !before,
      groupExists,
    });
    const { id: ruleId, version } = change.after;
    return { outcome: { outcome: before ? 'updated' : 'created', ruleId, version, problems }, change };
  }

  private async resolve(importId: string, content: UnplacedContent): Promise<ResolvedRuleTargets> {
    if (this.known?.importId !== importId) this.known = { importId, targets: new Map() };
    const key = JSON.stringify([content.targets, content.overrides]);
    const resolved = this.known.targets.get(key) ?? (await this.targets.resolve(content));
    this.known.targets.set(key, resolved);
    return resolved;
  }
}

function isUnchanged(
  before: StoredRule,
  content: UnplacedContent,
  { pinned, overrides }: ResolvedRuleTargets,
): boolean {
  const placed = { ...content, position: content.position ?? before.position, overrides };
  const isSameSet = before.pinnedClusters.length === pinned.size && before.pinnedClusters.every((id) => pinned.has(id));
  return isSameContent(before, placed) && isSameSet;
}
