import { Table, TableIndex, type QueryRunner, type TableColumnOptions } from 'typeorm';

type Nullable = { nullable?: boolean };

/** Names of types that differ between the databases. */
export interface ColumnTypes {
  int: string;
  boolean: string;
}

/** The names this database uses, as TypeORM reads them back. */
export function columnTypes(queryRunner: QueryRunner): ColumnTypes {
  const isSqlite = queryRunner.dataSource.options.type === 'better-sqlite3';
  return isSqlite ? { int: 'integer', boolean: 'boolean' } : { int: 'int', boolean: 'tinyint' };
}

const column = (
  type: string,
  options: Nullable,
  more: Partial<TableColumnOptions> = {},
): Omit<TableColumnOptions, 'name'> => ({
  type,
  isNullable: options.nullable ?? false,
  ...more,
});

/** The portable columns a migration may use. Anything else drifts on one of the databases. */
export function columnsFor(queryRunner: QueryRunner) {
  const types = columnTypes(queryRunner);
  return {
    /** A UUIDv7 made by `newId`. */
    id: (options: Nullable = {}) => column('varchar', options, { length: '36' }),
    /** A SHA-256 as hex. */
    hash: (options: Nullable = {}) => column('varchar', options, { length: '64' }),
    /** At most `length` characters. */
    varchar: (length: number, options: Nullable = {}) => column('varchar', options, { length: String(length) }),
    /** Text or JSON of any length; not indexable. */
    longtext: (options: Nullable = {}) => column('longtext', options),
    /** 32 bits. */
    int: (options: Nullable & { default?: number } = {}) => column(types.int, options, defaultOf(options.default)),
    /** 64 bits; MySQL hands it out as text. */
    bigint: (options: Nullable = {}) => column('bigint', options),
    /** A time, in epoch milliseconds (`epochMs`). */
    time: (options: Nullable = {}) => column('bigint', options),
    double: (options: Nullable = {}) => column('double', options),
    boolean: (options: Nullable & { default?: boolean } = {}) =>
      column(types.boolean, options, defaultOf(options.default === undefined ? undefined : Number(options.default))),
  };
}

/** TypeORM reads numeric defaults back as numbers on one database and as text on the other; as given here they compare equal. */
const defaultOf = (value: number | undefined): Partial<TableColumnOptions> =>
  value === undefined ? {} : { default: value };

/** One table as a migration describes it. */
export interface TableDescription {
  name: string;
  /** By column name, in order. */
  columns: Record<string, Omit<TableColumnOptions, 'name'>>;
  primaryKey: string[];
  /** Unique keys: name (`UQ_…`) → columns. */
  unique?: Record<string, string[]>;
  /** Other indexes: name (`IX_…`) → columns. */
  indexes?: Record<string, string[]>;
}

/** A table with every index named, for `queryRunner.createTable(table({…}))`. */
export function table(description: TableDescription): Table {
  const indexes = (entries: Record<string, string[]> | undefined, isUnique: boolean): TableIndex[] =>
    Object.entries(entries ?? {}).map(([name, columnNames]) => new TableIndex({ name, columnNames, isUnique }));
  return new Table({
    name: description.name,
    columns: Object.entries(description.columns).map(([name, options]) => ({
      ...options,
      name,
      isPrimary: description.primaryKey.includes(name),
    })),
    indices: [...indexes(description.unique, true), ...indexes(description.indexes, false)],
  });
}
