import type { DataSource } from 'typeorm';

/** One unsafe setting: what is wrong with it, and what an administrator runs to put it right. */
export interface UnsafeSetting {
  setting: string;
  found: string;
  /** What can go wrong with this value. */
  reason: string;
  /** The statement that fixes it. */
  fix: string;
}

/** The database could lose, merge or misread what the service stores. Lists every reason at once. */
export class UnsafeDatabaseError extends Error {
  constructor(readonly problems: readonly UnsafeSetting[]) {
    const lines = problems.map(
      ({ setting, found, reason, fix }) => `- ${setting} is ${found || 'empty'}: ${reason}. Fix: ${fix}`,
    );
    super(`the database settings are not safe:\n${lines.join('\n')}`);
    this.name = 'UnsafeDatabaseError';
  }
}

const MIB = 1024 * 1024;

interface Rule {
  setting: string;
  isSafe: (value: string, all: ReadonlyMap<string, string>) => boolean;
  reason: string;
  fix: string;
}

const REFUSED: readonly Rule[] = [
  {
    setting: 'innodb_flush_log_at_trx_commit',
    isSafe: (value) => value === '1',
    reason: 'committed changes are lost in a power cut',
    fix: 'SET GLOBAL innodb_flush_log_at_trx_commit = 1',
  },
  {
    setting: 'sync_binlog',
    isSafe: (value, all) => all.get('log_bin') !== 'ON' || value === '1',
    reason: 'the binary log can miss committed changes after a power cut',
    fix: 'SET GLOBAL sync_binlog = 1',
  },
  {
    setting: 'sql_mode',
    isSafe: (value) => /STRICT_(TRANS|ALL)_TABLES/.test(value),
    reason: 'values that do not fit are cut silently instead of refused',
    fix: "SET GLOBAL sql_mode = CONCAT(@@GLOBAL.sql_mode, ',STRICT_TRANS_TABLES')",
  },
  {
    setting: 'max_allowed_packet',
    isSafe: (value) => Number(value) >= 16 * MIB,
    reason: 'large alert groups cannot be stored',
    fix: `SET GLOBAL max_allowed_packet = ${64 * MIB}`,
  },
  {
    setting: 'time_zone',
    isSafe: (value) => value === '+00:00',
    reason: 'the session does not count in UTC',
    fix: "SET GLOBAL time_zone = '+00:00'",
  },
  {
    setting: 'isolation',
    isSafe: (value) => value === 'READ-COMMITTED',
    reason: 'writers of neighbouring rows block each other',
    fix: 'SET GLOBAL TRANSACTION ISOLATION LEVEL READ COMMITTED',
  },
  {
    setting: 'version',
    isSafe: (value) => isSupported(value),
    reason: 'MariaDB 10.6 or MySQL 8.0.1 is the oldest with SKIP LOCKED, which the outbox needs',
    fix: 'upgrade the server',
  },
];

const WARNED: readonly Rule[] = [
  {
    setting: 'max_allowed_packet',
    isSafe: (value) => Number(value) < 16 * MIB || Number(value) >= 64 * MIB,
    reason: 'the largest alert groups may not fit into one statement',
    fix: `SET GLOBAL max_allowed_packet = ${64 * MIB}`,
  },
];

function isSupported(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.-]/).map(Number);
  const [needMajor, needMinor, needPatch] = /mariadb/i.test(version) ? [10, 6, 0] : [8, 0, 1];
  if (major !== needMajor) return major > needMajor;
  return minor > needMinor || (minor === needMinor && patch >= needPatch);
}

/**
 * Refuses a database that could lose or merge data. Returns the settings that are only worth a warning.
 * Errors: UnsafeDatabaseError with all reasons and the statement that fixes each.
 */
export async function checkDatabaseSettings(dataSource: DataSource): Promise<UnsafeSetting[]> {
  if (dataSource.options.type === 'better-sqlite3') {
    refuse(await sqliteProblems(dataSource));
    return [];
  }
  const settings = await readSettings(dataSource);
  refuse([...failing(REFUSED, settings), ...(await collationProblems(dataSource))]);
  return failing(WARNED, settings);
}

function refuse(problems: UnsafeSetting[]): void {
  if (problems.length > 0) throw new UnsafeDatabaseError(problems);
}

function failing(rules: readonly Rule[], settings: ReadonlyMap<string, string>): UnsafeSetting[] {
  return rules.flatMap(({ setting, isSafe, reason, fix }) => {
    const found = settings.get(setting) ?? '';
    return isSafe(found, settings) ? [] : [{ setting, found, reason, fix }];
  });
}

async function readSettings(dataSource: DataSource): Promise<Map<string, string>> {
  const names = [...new Set(REFUSED.map(({ setting }) => setting)), 'log_bin', 'tx_isolation', 'transaction_isolation'];
  const rows: { Variable_name: string; Value: string }[] = await dataSource.query(
    `SHOW VARIABLES WHERE Variable_name IN (${names.map(() => '?').join(', ')})`,
    names,
  );
  const settings = new Map(rows.map((row) => [row.Variable_name, row.Value]));
  settings.set('isolation', settings.get('transaction_isolation') ?? settings.get('tx_isolation') ?? '');
  return settings;
}

async function collationProblems(dataSource: DataSource): Promise<UnsafeSetting[]> {
  const rows: { name: string; charset: string; collation: string }[] = await dataSource.query(
    'SELECT SCHEMA_NAME AS name, DEFAULT_CHARACTER_SET_NAME AS charset, DEFAULT_COLLATION_NAME AS collation ' +
      'FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()',
  );
  const [database] = rows;
  if (!database) return [];
  const fix = `ALTER DATABASE \`${database.name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`;
  const problems: UnsafeSetting[] = [];
  if (database.charset !== 'utf8mb4') {
    problems.push({
      setting: 'database character set',
      found: database.charset,
      reason: 'not every character can be stored',
      fix,
    });
  }
  if (!/^utf8mb4_.*bin$/.test(database.collation)) {
    problems.push({
      setting: 'database collation',
      found: database.collation,
      reason: '"Abc" and "abc" are one key',
      fix,
    });
  }
  return problems;
}

async function sqliteProblems(dataSource: DataSource): Promise<UnsafeSetting[]> {
  const wanted: [pragma: string, safe: string, reason: string][] = [
    ['synchronous', '2', 'committed changes are lost in a power cut'],
    ['foreign_keys', '1', 'rows can be left behind without their parents'],
  ];
  const problems: UnsafeSetting[] = [];
  for (const [pragma, safe, reason] of wanted) {
    const rows: Record<string, unknown>[] = await dataSource.query(`PRAGMA ${pragma}`);
    const found = String(rows[0]?.[pragma]);
    if (found !== safe) problems.push({ setting: pragma, found, reason, fix: `PRAGMA ${pragma} = ${safe}` });
  }
  return problems;
}
