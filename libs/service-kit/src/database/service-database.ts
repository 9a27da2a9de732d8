import type { EntitySchema, MigrationInterface } from 'typeorm';

/** The few log calls the kit's database parts make; a pino logger fits. */
export interface KitLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A log that keeps nothing: the default of the parts that can work without one. */
export const silentLog: KitLog = { debug() {}, info() {}, warn() {}, error() {} };

/** An entity class or an `EntitySchema`. */
export type EntityTarget = EntitySchema<object> | (new () => object);

/** A migration class; its name ends in the 13-digit time that orders it. */
export type MigrationClass = new () => MigrationInterface;

/** Which of the kit's own tables a service keeps beside its domain tables. */
export interface KitParts {
  /** Facts to be published after commit. */
  outbox?: boolean;
  /** Which deliveries have been handled. */
  inbox?: boolean;
  /** Hash-chained record of changes. */
  audit?: boolean;
  /** Events no attempt could handle. */
  parked?: boolean;
}

/** What one service keeps in its database: the same description opens it, migrates it and checks it for drift. */
export interface ServiceDatabase {
  /** Prefix of the kit's tables and suffix of the migrations table, e.g. `rules`. Lower-case letters, digits, `_`. */
  service: string;
  /** The service's own entities; those of `kit` are added. */
  entities: readonly EntityTarget[];
  /** The service's own migrations; the one of `kit` is added before them. */
  migrations: readonly MigrationClass[];
  /** Kit tables to create and map; none unless told. */
  kit?: KitParts;
}

/** How this process reaches its database. */
export interface DatabaseOptions {
  /** `sqlite:<path>`, `mysql://user:password@host:port/database` or `mariadb://…`. */
  url: string;
  /** Whether pending migrations run at start (embedded mode); otherwise a start with pending migrations is refused. */
  runMigrations: boolean;
  /** Where connection attempts and migrations are reported; nowhere unless told. */
  log?: KitLog;
  /** Ends the wait for a database that cannot be reached; the wait is endless unless told. */
  signal?: AbortSignal;
}
