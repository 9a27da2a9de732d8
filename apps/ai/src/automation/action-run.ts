import type { CatalogueEntry } from '@alertagent/alerting';
import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { RequestedAction } from './action';
import type { Work } from './action-leases';
import { ActionPermits } from './action-permits';
import { ActionTransitions, AI, type Step } from './action-transitions';
import type { ActionCall, ExecutionOutcome } from './executors/action-executor';
import { Executors } from './executors/executors';
import { reachFailpoint } from './failpoint';

/** Carries out one action that was taken. The call goes out between transactions, never inside one. */
@Injectable()
export class ActionRun {
  constructor(
    private readonly dataSource: DataSource,
    private readonly executors: Executors,
    private readonly permits: ActionPermits,
    private readonly transitions: ActionTransitions,
    private readonly clock: Clock,
  ) {}

  /** Errors: those of the database, and bugs; then the lease ends, and what may have happened is `unknown`. */
  async take({ kind, action, entry }: Work): Promise<void> {
    const executor = this.executors.of(entry);
    const call = callOf(action, entry);
    reachFailpoint('before_effect');
    const outcome =
      kind === 'execute' ? await executor.execute(call) : await executor.undo(call, action.executionResult);
    reachFailpoint('after_effect');
    const step = kind === 'execute' ? this.executed(action, entry, outcome) : this.undone(outcome);
    await inTransaction(this.dataSource, (tx) => this.transitions.go(tx, action, step));
  }

  private executed(action: RequestedAction, entry: CatalogueEntry, outcome: ExecutionOutcome): Step {
    const now = this.clock.now();
    switch (outcome.kind) {
      case 'done': {
        const isChecked = entry.post_check !== 'none' && action.incidentId !== null;
        const checkUntil = isChecked ? new Date(now.getTime() + entry.post_check_within_ms) : null;
        const changes = {
          executionResult: outcome.result,
          errorMessage: null,
          finishedAt: now,
          checkUntil,
          dueAt: isChecked ? now : null,
        };
        return {
          to: 'succeeded',
          by: AI,
          reason: isChecked ? 'done; whether it helped is looked at' : 'done',
          changes,
        };
      }
      case 'refused':
        return {
          to: 'failed',
          by: AI,
          reason: outcome.error,
          changes: { errorMessage: outcome.error, finishedAt: now },
        };
      case 'unknown':
        return this.permits.unsure(action, { error: outcome.error, now });
    }
  }

  private undone(outcome: ExecutionOutcome): Step {
    if (outcome.kind === 'done') return { to: 'undone', by: AI, reason: 'it was taken back' };
    return { to: 'undo_failed', by: AI, reason: outcome.error, changes: { errorMessage: outcome.error } };
  }
}

function callOf(action: RequestedAction, entry: CatalogueEntry): ActionCall {
  const { id, target, parameters, incidentId, alertId, requestedBy, approvedBy } = action;
  return {
    id,
    entry,
    target: target ?? { cluster: null, namespace: null, service: null },
    parameters: parameters ?? {},
    incidentId,
    alertId,
    requestedBy,
    approvedBy,
  };
}
