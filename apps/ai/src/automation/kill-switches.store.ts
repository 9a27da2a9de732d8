import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { EVERYTHING, killSwitchEntity, type KillSwitch } from './kill-switch';

/** The kill switches, and the lock that they are. */
@Injectable()
export class KillSwitchesStore {
  /**
   * Waits until nobody else begins or stops an action, until the end of the transaction. Must be the first thing in it: what is
   * read afterwards is then what the others left.
   */
  async lock(tx: EntityManager): Promise<void> {
    await tx.increment(killSwitchEntity, { actionType: EVERYTHING }, 'claims', 1);
  }

  /** Whether everything or this action is stopped. */
  isStopped(manager: EntityManager, actionType: string): Promise<boolean> {
    return manager.existsBy(killSwitchEntity, { actionType: In([EVERYTHING, actionType]), engaged: true });
  }

  /** By action type. */
  async all(manager: EntityManager): Promise<KillSwitch[]> {
    return manager.find(killSwitchEntity, { order: { actionType: 'ASC' } });
  }

  async set(tx: EntityManager, changed: Omit<KillSwitch, 'claims'>): Promise<void> {
    const { affected } = await tx.update(killSwitchEntity, { actionType: changed.actionType }, changed);
    if (!affected) await tx.insert(killSwitchEntity, { ...changed, claims: 0 });
  }
}
