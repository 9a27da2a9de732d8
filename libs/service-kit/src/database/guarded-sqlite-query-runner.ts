import type { IsolationLevel } from 'typeorm/driver/types/IsolationLevel';
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner';
import type { SqliteGate } from './sqlite-gate';
import { isInsideTransaction, OutsideTransactionError } from './transaction-scope';

/** Prepared statements by their text, shared by all runners of a connection. */
export type StatementCache = Map<string, unknown>;

/**
 * A query runner of its own for each caller, as on MySQL, over the one connection that SQLite has: from BEGIN to COMMIT or
 * ROLLBACK the connection belongs to this runner, and a query outside any transaction takes it for just that query.
 */
export class GuardedSqliteQueryRunner extends BetterSqlite3QueryRunner {
  constructor(
    driver: BetterSqlite3Driver,
    private readonly gate: SqliteGate,
    statements: StatementCache,
  ) {
    super(driver);
    // TypeORM keeps the cache per runner, and declares it private; here runners come and go by the thousand.
    Object.assign(this, { stmtCache: statements });
  }

  override async query<T = unknown>(
    query: string,
    parameters: unknown[] = [],
    useStructuredResult = false,
  ): Promise<T> {
    // A write transaction takes its lock at BEGIN: one that starts reading and writes later is refused at once
    // (SQLITE_BUSY, no waiting) when another process wrote in between.
    const text = query === 'BEGIN TRANSACTION' ? 'BEGIN IMMEDIATE' : query;
    if (this.gate.isHeldBy(this)) return super.query(text, parameters, useStructuredResult);
    this.refuseInsideTransaction('a query');
    await this.gate.enter(this);
    try {
      return await super.query(text, parameters, useStructuredResult);
    } finally {
      this.gate.leave(this);
    }
  }

  override async startTransaction(isolationLevel?: IsolationLevel): Promise<void> {
    if (this.gate.isHeldBy(this)) return super.startTransaction(isolationLevel);
    this.refuseInsideTransaction('a transaction');
    await this.gate.enter(this);
    try {
      await super.startTransaction(isolationLevel);
    } catch (error) {
      // TypeORM leaves the flag up when BEGIN itself fails, and would refuse this runner for ever.
      this.isTransactionActive = false;
      this.gate.leave(this);
      throw error;
    }
  }

  override async commitTransaction(): Promise<void> {
    await super.commitTransaction();
    if (!this.isTransactionActive) this.gate.leave(this);
  }

  override async rollbackTransaction(): Promise<void> {
    try {
      await super.rollbackTransaction();
    } finally {
      if (!this.isTransactionActive) this.gate.leave(this);
    }
  }

  override async release(): Promise<void> {
    // A transaction nobody ended must not survive its runner: the next holder would write into it.
    while (this.gate.isHeldBy(this) && this.isTransactionActive) {
      try {
        await this.rollbackTransaction();
      } catch {
        this.isTransactionActive = false;
        this.transactionDepth = 0;
      }
    }
    this.gate.leave(this);
    await super.release();
  }

  private refuseInsideTransaction(what: string): void {
    if (isInsideTransaction(this.driver.dataSource)) throw new OutsideTransactionError(what);
  }
}
