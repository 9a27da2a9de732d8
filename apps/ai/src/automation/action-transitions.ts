import { mayGo, type ActionState } from '@alertagent/alerting';
import type { Actor } from '@alertagent/contracts';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SuggestionsStore } from '../suggestions/suggestions.store';
import type { RequestedAction } from './action';
import { ActionAnnouncements } from './action-announcements';
import { ActionsStore } from './actions.store';

/** The service itself, in the record. */
export const AI: Actor = { kind: 'system', id: 'ai', name: 'ai' };

/** A step to take. */
export interface Step {
  to: ActionState;
  by: Actor;
  reason: string;
  /** What else changes. */
  changes?: Partial<RequestedAction>;
  /** People are called although the state alone does not say so. */
  escalates?: boolean;
}

/** The one place where actions change their state: each step is checked, written down, audited, announced and, where needed, raised. */
@Injectable()
export class ActionTransitions {
  constructor(
    private readonly store: ActionsStore,
    private readonly suggestions: SuggestionsStore,
    private readonly announcements: ActionAnnouncements,
    private readonly clock: Clock,
  ) {}

  /** Null when somebody else changed the action since it was read. Errors: a step that there is not, which is a bug. */
  async go(tx: EntityManager, seen: RequestedAction, step: Step): Promise<RequestedAction | null> {
    const { to, by, reason } = step;
    if (!mayGo(seen.executionStatus, to))
      throw new Error(`an action does not go from ${seen.executionStatus} to ${to}`);
    const now = this.clock.now();
    const changes: Partial<RequestedAction> = {
      leaseToken: null,
      dueAt: null,
      ...step.changes,
      executionStatus: to,
      reason,
      updatedAt: now,
      steps: [...(seen.steps ?? []), { status: to, at: now.getTime(), by: by.name, reason }],
    };
    if (!(await this.store.change(tx, seen, changes))) return null;
    const action = { ...seen, ...changes, revision: seen.revision + 1 };
    await this.announcements.announce(tx, { before: seen, action, step });
    await this.learn(tx, action, now);
    return action;
  }

  /** A check that held or did not shows whether the suggestion was right; so does a person who says no. */
  private async learn(tx: EntityManager, { suggestionId, executionStatus }: RequestedAction, now: Date): Promise<void> {
    if (suggestionId === null) return;
    if (executionStatus === 'checked')
      await this.suggestions.show(tx, suggestionId, { wasRight: true, by: 'post_check', now });
    if (executionStatus === 'check_failed' || executionStatus === 'failed')
      await this.suggestions.show(tx, suggestionId, { wasRight: false, by: 'post_check', now });
    if (executionStatus === 'rejected')
      await this.suggestions.show(tx, suggestionId, { wasRight: false, by: 'feedback', now });
  }
}
