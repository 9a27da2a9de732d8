import type { ValueTransformer } from 'typeorm';

/**
 * `Date` in code, epoch milliseconds in a `bigint` column. Neither database's own time type will do: SQLite's has one-second
 * precision, MySQL's TIMESTAMP ends in 2038, and both bring time zones along.
 */
export const epochMs: ValueTransformer = {
  to: (value: unknown): unknown => (value instanceof Date ? value.getTime() : value),
  // MySQL hands bigint out as text, SQLite as a number.
  from: (value: unknown): Date | null => (value === null || value === undefined ? null : new Date(Number(value))),
};

/** A number in code, a `bigint` column in the database; exact up to 2^53. */
export const bigintNumber: ValueTransformer = {
  to: (value: unknown): unknown => value,
  from: (value: unknown): number | null => (value === null || value === undefined ? null : Number(value)),
};

/** A JSON value in code, its text in a `longtext` column; `null` is SQL NULL. */
export function json<T>(): ValueTransformer {
  return {
    // Query operators and SQL functions pass through; only values of T are ours to write.
    to: (value: T | null | undefined): unknown =>
      value === null || value === undefined ? value : JSON.stringify(value),
    from: (value: string | null | undefined): T | null =>
      value === null || value === undefined ? null : (JSON.parse(value) as T),
  };
}
