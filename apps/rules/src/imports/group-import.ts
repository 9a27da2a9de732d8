import { setImmediate as nextTurn } from 'node:timers/promises';
import { ServiceError } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RulesStore } from '../rules/rules.store';
import { planGroup, type PlannedRule } from './group-plan';
import { GroupSettings } from './group-settings';
import type { ImportGroup, ImportItem } from './import-groups';
import { refuseBadGroup } from './import-limits';
import { refusal, warning, type Outcome } from './import-outcome';
import { ImportRecords } from './import-records';
import { OwnRules } from './own-rules';
import { RuleWriter, type CheckedRule } from './rule-writer';
import type { LeasedImport } from './rule-imports.store';

/** Rules that are written in one transaction: many enough to be fast, few enough not to hold others up. */
const BATCH = 40;

type Decided = { item: ImportItem; outcome: Outcome } | { item: ImportItem; rule: CheckedRule };

/** Takes in one group after the other. */
@Injectable()
export class GroupImport {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: RulesStore,
    private readonly settings: GroupSettings,
    private readonly ownRules: OwnRules,
    private readonly writer: RuleWriter,
    private readonly records: ImportRecords,
  ) {}

  /** Leaves out what has a result already. Errors: LeaseLost; `unavailable`. */
  async take(held: LeasedImport, group: ImportGroup): Promise<void> {
    const open = group.items.filter(({ seq }) => seq > held.done);
    if (open.length === 0 && group.items.length > 0) return;
    const decided = await this.decide(held, group, open);
    for (let from = 0; from < decided.length; from += BATCH) {
      await this.write(held, group, decided.slice(from, from + BATCH));
      await nextTurn();
    }
  }

  private async decide(held: LeasedImport, group: ImportGroup, open: readonly ImportItem[]): Promise<Decided[]> {
    const own = await this.ownRules.of(group);
    // Nothing of it becomes a rule of the group that it would be here.
    const isOwn = group.items.length > 0 && own.size === group.items.length;
    try {
      refuseBadGroup(group);
      if (group.settings && !isOwn) await this.settings.take(held, group);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.retryable) throw error;
      return open.map((item) => ({ item, outcome: refusal({ ...item, pointer: groupPointer(item) }, error) }));
    }
    const { manager } = this.dataSource;
    const stored = await this.store.ofGroup(manager, { namespace: group.namespace, group: group.name });
    const wanted = group.items.filter((item) => !own.has(item));
    const plans = new Map(planGroup(group, wanted, stored, held.options).map((plan) => [plan.item, plan]));
    const decided: Decided[] = [];
    for (const item of open) {
      decided.push(await this.decideOne(held, item, { plan: plans.get(item), ownId: own.get(item) ?? null }));
      await nextTurn();
    }
    return decided;
  }

  private async decideOne(
    held: LeasedImport,
    item: ImportItem,
    { plan, ownId }: { plan: PlannedRule | undefined; ownId: string | null },
  ): Promise<Decided> {
    if (!item.rule) return { item, outcome: { outcome: 'refused' } };
    if (!plan) {
      const problems = [warning(item, 'managed', 'AlertAgent put this rule there itself; it was left as it is')];
      return { item, outcome: { outcome: 'skipped', ruleId: ownId, problems } };
    }
    if (plan.isUnchanged) {
      const { id: ruleId, version } = plan.before!;
      return { item, outcome: { outcome: 'unchanged', ruleId, version } };
    }
    try {
      return { item, rule: await this.writer.check(held, plan) };
    } catch (error) {
      if (!(error instanceof ServiceError) || error.retryable) throw error;
      return { item, outcome: refusal(item, error) };
    }
  }

  /** Results are written in the transaction of what they tell of. A batch that is refused is repeated rule by rule. */
  private async write(held: LeasedImport, group: ImportGroup, batch: readonly Decided[]): Promise<void> {
    try {
      const rules = batch.flatMap((each) => ('rule' in each ? [each.rule] : []));
      await this.writer.transaction(held, rules, (outcomeOf) =>
        this.records.of(
          group,
          batch.map((each) => ('rule' in each ? { item: each.item, outcome: outcomeOf(each.rule) } : each)),
        ),
      );
    } catch (error) {
      if (!(error instanceof ServiceError) || error.retryable) throw error;
      const [only] = batch;
      if (batch.length > 1) for (const each of batch) await this.write(held, group, [each]);
      else if (only) await this.write(held, group, [{ item: only.item, outcome: refusal(only.item, error) }]);
    }
  }
}

/** `/groups/2/rules/5` is in `/groups/2`. */
const groupPointer = ({ pointer }: ImportItem): string => pointer.replace(/\/rules\/\d+$/, '');
