import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ServiceError } from '@alertagent/contracts';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { isConnectionLost, isTransactionConflict, toDatabaseServiceError } from './database-errors';
import { noteTransactionRetry } from './transaction-retries';
import { isInsideTransaction, OutsideTransactionError, withinTransactionScope } from './transaction-scope';

/** How often a whole transaction is repeated after the database gave it up. */
const MAX_TRANSACTION_RETRIES = 5;
const LONGEST_PAUSE_MS = 500;

export interface TransactionOptions {
  /**
   * Milliseconds for one attempt, waiting for a connection included; after that its connection is cut and the answer is
   * `unavailable`. A server that hangs must not hang its callers. 10,000 unless told.
   */
  deadlineMs?: number;
  /** How often it is repeated at most; for rare changes that touch what others touch all the time. 5 unless told. */
  maxRetries?: number;
  /** Called before each repetition, for a metric. */
  onRetry?: (error: unknown) => void;
}

/** COMMIT failed: whether the change is there is unknown, so repeating it is the caller's decision. */
class CommitFailedError extends Error {
  constructor(override readonly cause: unknown) {
    super('commit failed');
  }
}

/** Thrown inside a transaction when another one has just written what this one was about to: done again, it sees what the other wrote. */
export class LostRaceError extends Error {
  constructor(override readonly cause: unknown) {
    super('another transaction was faster');
    this.name = 'LostRaceError';
  }
}

/**
 * Runs `work` in one transaction and commits it. Deadlocks, lock waits, SQLITE_BUSY, connections lost before COMMIT and LostRaceError
 * repeat the whole of `work`, at most five times unless told and at random intervals: it must do nothing but database work on `tx`.
 *
 * Errors: those of `work`, after a rollback; ServiceError `unavailable` when the database is busy, slow or gone;
 * OutsideTransactionError when called inside another transaction.
 */
export async function inTransaction<T>(
  dataSource: DataSource,
  work: (tx: EntityManager) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  // On MySQL the inner transaction would commit on its own, on SQLite it would wait for the outer one for ever.
  if (isInsideTransaction(dataSource)) throw new OutsideTransactionError('a transaction');
  for (let retries = 0; ; retries += 1) {
    try {
      return await attempt(dataSource, work, options.deadlineMs ?? 10_000);
    } catch (error) {
      if (error instanceof CommitFailedError && !isTransactionConflict(error.cause))
        throw toDatabaseServiceError(error.cause);
      const cause = error instanceof CommitFailedError ? error.cause : error;
      const repeatable = isTransactionConflict(cause) || isConnectionLost(cause) || cause instanceof LostRaceError;
      if (!repeatable || retries >= (options.maxRetries ?? MAX_TRANSACTION_RETRIES))
        throw toDatabaseServiceError(cause instanceof LostRaceError ? cause.cause : cause);
      options.onRetry?.(cause);
      noteTransactionRetry(dataSource);
      await delay(Math.random() * Math.min(20 * 2 ** retries, LONGEST_PAUSE_MS));
    }
  }
}

async function attempt<T>(
  dataSource: DataSource,
  work: (tx: EntityManager) => Promise<T>,
  deadlineMs: number,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  return withConnectionDeadline(runner, deadlineMs, async () => {
    await runner.startTransaction();
    try {
      const result = await withinTransactionScope(dataSource, () => work(runner.manager));
      await commit(runner);
      return result;
    } catch (error) {
      await rollBack(runner);
      throw error;
    }
  });
}

async function commit(runner: QueryRunner): Promise<void> {
  try {
    await runner.commitTransaction();
  } catch (error) {
    throw new CommitFailedError(error);
  }
}

async function rollBack(runner: QueryRunner): Promise<void> {
  try {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
  } catch {
    // The first error is the one that matters. A connection that cannot roll back must not go back into the pool,
    // where the next caller would find itself inside this transaction.
    destroyConnection(runner);
  }
}

/** Runs `work` on a connected `runner` and releases it; past the deadline its connection is cut and `unavailable` thrown. */
export async function withConnectionDeadline<T>(
  runner: QueryRunner,
  deadlineMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(deadlineMs);
  try {
    const connecting = runner.connect() as Promise<unknown>;
    const connected = await Promise.race([connecting, deadline.passed]);
    if (connected === DEADLINE_PASSED) {
      // The pool may still serve this request later: give that connection straight back.
      connecting.then(() => runner.release()).catch(() => undefined);
      throw tooSlow();
    }
    deadline.onPassed = () => destroyConnection(runner);
    try {
      return await work();
    } catch (error) {
      throw deadline.isPassed ? tooSlow(error) : error;
    } finally {
      await runner.release();
    }
  } finally {
    deadline.clear();
  }
}

const DEADLINE_PASSED = Symbol('deadline passed');

class Deadline {
  isPassed = false;
  onPassed: () => void = () => undefined;
  readonly passed: Promise<typeof DEADLINE_PASSED>;
  private timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.passed = new Promise((resolve) => {
      this.timer = setTimeout(() => {
        this.isPassed = true;
        this.onPassed();
        resolve(DEADLINE_PASSED);
      }, ms);
    });
  }

  clear(): void {
    clearTimeout(this.timer);
  }
}

function tooSlow(cause?: unknown): ServiceError {
  return new ServiceError('unavailable', 'the database did not answer in time; try again later', { cause });
}

/**
 * Cuts a MySQL connection, which fails its queries and takes it out of its pool; SQLite has nothing to cut. The driver's own
 * `destroy` only says goodbye, and a server that hangs never says it back.
 */
function destroyConnection(runner: QueryRunner): void {
  const connection = Reflect.get(runner, 'databaseConnection') as { stream?: Socket } | undefined;
  const gone = Object.assign(new Error('connection given up'), { code: 'PROTOCOL_CONNECTION_LOST' });
  connection?.stream?.destroy(gone);
}
