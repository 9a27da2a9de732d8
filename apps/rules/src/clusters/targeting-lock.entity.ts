import { EntitySchema } from 'typeorm';

/** A single row whose lock orders the transactions that decide which rules run where. */
export interface TargetingLock {
  /** Always 1. */
  id: number;
}

export const targetingLockEntity = new EntitySchema<TargetingLock>({
  name: 'rule_targeting_lock',
  columns: { id: { type: 'int', primary: true } },
});
