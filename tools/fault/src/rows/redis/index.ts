import type { FaultRow } from '../../row';
import { claimHolderFrozen, redisFrozen, redisFull, redisKilled } from './redis';

/** Faults of Redis, and of claims. */
export const REDIS_ROWS: readonly FaultRow[] = [redisKilled, redisFrozen, redisFull, claimHolderFrozen];
