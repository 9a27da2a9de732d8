import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource } from 'typeorm';

interface Scope {
  readonly dataSource: DataSource;
  /** Cleared when the transaction ends, so that work it left behind (timers, signals) is not taken for a part of it. */
  open: boolean;
}

const scopes = new AsyncLocalStorage<Scope>();

/** A query or a transaction was started inside a transaction without using its entity manager. Always a programming error. */
export class OutsideTransactionError extends Error {
  constructor(what: string) {
    super(`${what} was started inside an open transaction without its entity manager; pass "tx" on and use it`);
    this.name = 'OutsideTransactionError';
  }
}

/** Whether the running code was called, however deeply, by an open `inTransaction` on this database. */
export function isInsideTransaction(dataSource: DataSource): boolean {
  const scope = scopes.getStore();
  return scope !== undefined && scope.open && scope.dataSource === dataSource;
}

/** Runs `work` as the inside of a transaction. */
export async function withinTransactionScope<T>(dataSource: DataSource, work: () => Promise<T>): Promise<T> {
  const scope: Scope = { dataSource, open: true };
  try {
    return await scopes.run(scope, work);
  } finally {
    scope.open = false;
  }
}
