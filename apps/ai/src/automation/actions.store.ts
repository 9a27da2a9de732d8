import { Injectable } from '@nestjs/common';
import { In, LessThan, MoreThan, type EntityManager } from 'typeorm';
import type { PagePosition } from '../requests/page';
import type { RequestedAction } from './action';
import { actionEntity } from './action.entity';

/** Requested actions. */
@Injectable()
export class ActionsStore {
  find(manager: EntityManager, id: string): Promise<RequestedAction | null> {
    return manager.findOneBy(actionEntity, { id });
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
    { incidentId, alertId }: { incidentId?: string | null; alertId?: string | null },
    { before, limit }: PagePosition,
  ): Promise<RequestedAction[]> {
    return manager.find(actionEntity, {
      where: {
        ...(incidentId ? { incidentId } : {}),
        ...(alertId ? { alertId } : {}),
        ...(before ? { id: LessThan(before) } : {}),
      },
      order: { id: 'DESC' },
      take: limit + 1,
    });
  }
}
