import type { DataSource } from 'typeorm';

const listeners = new WeakMap<DataSource, () => void>();

/** Has `listener` called whenever a transaction of this data source is repeated, for a metric. */
export function onTransactionRetry(dataSource: DataSource, listener: () => void): void {
  listeners.set(dataSource, listener);
}

/** A transaction is about to be repeated. */
export function noteTransactionRetry(dataSource: DataSource): void {
  listeners.get(dataSource)?.();
}
