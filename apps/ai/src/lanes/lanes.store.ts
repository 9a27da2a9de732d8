import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { laneEntity } from './lane';

/** The lanes that analyses wait in, and the locks that they are. */
@Injectable()
export class LanesStore {
  /** Lanes are as many as there are workflows in the configuration and the policies, and are never deleted. */
  async names(manager: EntityManager): Promise<string[]> {
    return (await manager.find(laneEntity)).map(({ lane }) => lane);
  }

  /** Without it nobody would look for what waits there. */
  async ensure(tx: EntityManager, lane: string): Promise<void> {
    if (await tx.existsBy(laneEntity, { lane })) return;
    await tx.createQueryBuilder().insert().into(laneEntity).values({ lane, claims: 0 }).orIgnore().execute();
  }

  /**
   * Waits until nobody else starts a workflow of the lane, until the end of the transaction. Must be the first thing in it: what is
   * read afterwards is then what the others left.
   */
  async lock(tx: EntityManager, lane: string): Promise<void> {
    await tx.increment(laneEntity, { lane }, 'claims', 1);
  }
}
