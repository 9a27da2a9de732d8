import { ServiceError, type Actor } from '@alertagent/contracts';
import { afterCommit, isUniqueViolation } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ApprovalGate } from '../approvals/approval-gate';
import type { Transition } from '../distributions/distributions.metrics';
import { TargetingTransactions } from '../distributions/targeting-transactions';
import { SavedRules } from '../second-judge/saved-rules';
import { RuleHistory, type RecordedChange } from '../versions/rule-history';
import type { RuleChange } from './rule-version.entity';
import { RuleDestinations, type BoundRule, type Destination } from './rule-destinations';
import type { StoredRule } from './stored-rule';
import { RulesStore } from './rules.store';

/** What a use case decided, with the rule as it was under the lock. */
export interface DecidedChange {
  before: StoredRule | null;
  /** The same object as `before` when there is nothing to change. */
  after: StoredRule;
  /** Where it is to run once it is written; null when it stays where it is. */
  destination: Destination | null;
}

/** What the author tells of a change. */
export interface ChangeNote {
  kind: RuleChange;
  actor: Actor;
  reason?: string | null;
  /** The earlier version whose content the change brings back. */
  restores?: number | null;
}

/** A change with who makes it, and why. */
export type AttributedChange = ChangeNote & { change: DecidedChange };

/** Writes a change of a rule: rule, version, distributions, events and audit record in one transaction. */
@Injectable()
export class RuleChanges {
  constructor(
    private readonly transactions: TargetingTransactions,
    private readonly store: RulesStore,
    private readonly gate: ApprovalGate,
    private readonly destinations: RuleDestinations,
    private readonly history: RuleHistory,
    private readonly saved: SavedRules,
  ) {}

  /**
   * `decide` is run again when the database gave the transaction up. A change that waits for approval is written and not
   * distributed; a deletion that waits leaves the rule in place. Errors: those of `decide`; `conflict`.
   */
  commit(note: ChangeNote, decide: (tx: EntityManager) => Promise<DecidedChange>): Promise<StoredRule> {
    return this.transaction(async (tx, moved) => {
      const { after, moved: movedNow } = await this.apply(tx, { ...note, change: await decide(tx) });
      moved.push(...movedNow);
      return after;
    });
  }

  /** Several changes in one transaction; `work` notes what moved, for the metrics after commit. */
  transaction<T>(work: (tx: EntityManager, moved: Transition[]) => Promise<T>): Promise<T> {
    return this.transactions.run(work);
  }

  /** Called in a `transaction`. Answers the rule as it is now and what moved; nothing when there was nothing to change. Errors: `conflict`. */
  async apply(tx: EntityManager, attributed: AttributedChange): Promise<{ after: StoredRule; moved: Transition[] }> {
    const { afters, moved } = await this.applyAll(tx, [attributed]);
    return { after: afters[0]!, moved };
  }

  /** As `apply`, for changes of different rules, which cost less together. */
  async applyAll(
    tx: EntityManager,
    changes: readonly AttributedChange[],
  ): Promise<{ afters: StoredRule[]; moved: Transition[] }> {
    const afters = changes.map(({ change }) => change.after);
    const real = [...changes.keys()].filter((index) => changes[index]!.change.before !== afters[index]);
    const admitted = await this.gate.admit(
      tx,
      real.map((index) => {
        const { change, ...note } = changes[index]!;
        return { ...note, before: change.before, after: change.after };
      }),
    );
    const bound: BoundRule[] = [];
    for (const [place, index] of real.entries()) {
      const { change, waits } = admitted[place]!;
      const { destination } = changes[index]!.change;
      afters[index] = change.after;
      if (!waits && destination) bound.push({ rule: change.after, destination, now: change.after.updatedAt });
    }
    const recorded = admitted.map(({ change }) => change);
    await this.write(tx, recorded);
    const moved = await this.destinations.reach(tx, bound);
    await this.history.recordAll(tx, recorded);
    afterCommit(tx, () => this.saved.consider(recorded.map(({ after }) => after)));
    return { afters, moved };
  }

  private async write(tx: EntityManager, changes: readonly RecordedChange[]): Promise<void> {
    try {
      await this.store.insertAll(
        tx,
        changes.filter(({ before }) => before === null).map(({ after }) => after),
      );
      for (const { before, after } of changes) {
        if (before && !(await this.store.replace(tx, before, after)))
          throw new ServiceError('conflict', 'the rule was changed by somebody else meanwhile');
      }
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const detail = 'another rule of the group has this name, severity and labels';
      throw new ServiceError('conflict', 'the group has this rule already', {
        errors: [{ pointer: '/name', code: 'not_unique', detail }],
        cause: error,
      });
    }
  }
}
