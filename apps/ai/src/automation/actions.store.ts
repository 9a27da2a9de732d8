import { closedCaps, type CatalogueEntry, type Gate, type RecentUse } from '@alertagent/alerting';
import type { ActionStatus } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan, LessThanOrEqual, MoreThan, Not, type EntityManager } from 'typeorm';
import type { PagePosition } from '../requests/page';
import type { RequestedAction } from './action';
import { actionEntity } from './action.entity';

const HOUR_MS = 3_600_000;

/** Which actions a list shows. */
export interface ActionFilter {
  incidentId?: string | null;
  alertId?: string | null;
  actionType?: string | null;
  status?: ActionStatus | null;
}

/** Requested actions. Every change names the revision that it was made of, so that of two who compete only one writes. */
@Injectable()
export class ActionsStore {
  find(manager: EntityManager, id: string): Promise<RequestedAction | null> {
    return manager.findOneBy(actionEntity, { id });
  }

  /** Which of these were begun, whatever came of them. */
  async begun(manager: EntityManager, ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const where = { id: In([...ids]), startedAt: Not(IsNull()) };
    const found = await manager.find(actionEntity, { select: { id: true }, where });
    return new Set(found.map(({ id }) => id));
  }

  /** Errors: a unique violation when the same request is stored already. */
  async insert(tx: EntityManager, action: RequestedAction): Promise<void> {
    await tx.insert(actionEntity, action);
  }

  /** An action with one of these keys that is younger than `since`. */
  findRepeated(manager: EntityManager, keys: readonly string[], since: Date): Promise<RequestedAction | null> {
    return manager.findOneBy(actionEntity, { requestKey: In([...keys]), createdAt: MoreThan(since) });
  }

  /** Newest first, one more than asked for. */
  list(
    manager: EntityManager,
    { incidentId, alertId, actionType, status }: ActionFilter,
    { before, limit }: PagePosition,
  ): Promise<RequestedAction[]> {
    return manager.find(actionEntity, {
      where: {
        ...(incidentId ? { incidentId } : {}),
        ...(alertId ? { alertId } : {}),
        ...(actionType ? { actionType } : {}),
        ...(status ? { executionStatus: status } : {}),
        ...(before ? { id: LessThan(before) } : {}),
      },
      order: { id: 'DESC' },
      take: limit + 1,
    });
  }

  /** Actions that a worker should look at now, longest waiting first. */
  due(manager: EntityManager, now: Date, limit: number): Promise<RequestedAction[]> {
    return manager.find(actionEntity, {
      where: { dueAt: LessThanOrEqual(now) },
      order: { dueAt: 'ASC' },
      take: limit,
    });
  }

  /** Approved actions that have not begun, of one type or of all. */
  waiting(tx: EntityManager, actionType: string | null): Promise<RequestedAction[]> {
    return tx.findBy(actionEntity, { executionStatus: 'approved', ...(actionType ? { actionType } : {}) });
  }

  /** Writes to the action as it was read; false when somebody else changed it meanwhile. */
  async change(tx: EntityManager, seen: RequestedAction, changes: Partial<RequestedAction>): Promise<boolean> {
    const { id, revision } = seen;
    const { affected } = await tx.update(actionEntity, { id, revision }, { ...changes, revision: revision + 1 });
    return affected === 1;
  }

  /** The caps that keep this action from beginning now. Exact only while the caller holds the lock on the switches. */
  async closedCaps(
    tx: EntityManager,
    { actionType, cluster, targetKey }: RequestedAction,
    { entry, now }: { entry: CatalogueEntry; now: Date },
  ): Promise<Gate[]> {
    const begun = { actionType, startedAt: MoreThan(new Date(now.getTime() - HOUR_MS)) };
    const there = await tx.find(actionEntity, {
      select: { targetKey: true },
      where: { ...begun, cluster: cluster ?? IsNull() },
    });
    const use: RecentUse = {
      begun_last_hour: await tx.countBy(actionEntity, begun),
      under_way: await tx.countBy(actionEntity, [
        { actionType, executionStatus: In(['executing', 'undoing']) },
        { actionType, executionStatus: 'succeeded', dueAt: Not(IsNull()) },
      ]),
      targets_last_hour: new Set([...there.map((each) => each.targetKey), targetKey]).size,
    };
    return closedCaps(entry.caps, use);
  }
}
