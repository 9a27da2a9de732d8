import { adminConnection } from '../../measure';
import { percentile } from '../../percentile';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { senderTo } from '../../sender-to';
import { settled } from '../../quiescence';
import type { Stand } from '../../stand';

const P95_MS = 200;
const CALLS = 25;
const TEMPLATES = 1_000;
/** A scan of so few rows is no scan worth an index. */
const FEW_ROWS = 5_000;

/** Each list that the gateway reads from its tables, with each filter: also where nothing matches, which is the dearest for a scan. */
const LISTS = [
  '/alerts?limit=50',
  '/alerts?limit=50&status=firing',
  '/alerts?limit=50&status=resolved',
  '/alerts?limit=50&severity=critical',
  '/alerts?limit=50&severity=nothing-has-it',
  '/alerts?limit=50&name=DiskAlmostFull',
  '/alerts?limit=50&name=NothingHasIt',
  '/alerts?limit=50&cluster_id=nothing-has-it',
  '/alerts?limit=50&incident_id=nothing-has-it',
  '/alerts?limit=50&since=2099-01-01T00:00:00Z',
  '/alerts?limit=50&collapse=flapping',
  '/alerts?limit=50&status=firing&severity=nothing-has-it',
  '/alerts?limit=50&status=resolved&severity=critical&name=DiskAlmostFull',
  '/alerts?limit=50&severity=critical&collapse=flapping&since=2020-01-01T00:00:00Z',
  '/incidents?limit=50',
  '/incidents?limit=50&status=open',
  '/incidents?limit=50&status=resolved',
  '/incidents?limit=50&cluster_id=nothing-has-it',
  '/incidents?limit=50&cluster=nothing-has-it',
  '/incidents?limit=50&priority=P5',
  '/incidents?limit=50&status=open&priority=P5&storm=true',
  '/incidents?limit=50&severity=nothing-has-it',
  '/incidents?limit=50&team=nobody',
  '/incidents?limit=50&acknowledged=true',
  '/incidents?limit=50&snoozed=true',
  '/incidents?limit=50&flapping=true',
  '/incidents?limit=50&storm=true',
  '/incidents?limit=50&q=nothing%20has%20it',
  '/quarantine?limit=50',
  '/quarantine?limit=50&code=nothing-has-it',
  '/suppressions?limit=50',
  '/ledger/findings?limit=50&state=all',
];

/** Years of history do not slow the lists down. */
export const databaseHistory: FaultRow = {
  id: 'F28',
  title: 'database: long history (200,000 alerts unless told by --alerts; 1,000,000 is full size)',
  bar: 'p95 of each list <= 200 ms; no full scan',
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const { alerts = 200_000 } = context.options;
  const stand = await context.stand();
  const sender = senderTo(stand, context, 'history');
  await sender.send(TEMPLATES);
  await settled(stand.database);
  await sender.close();
  const rows = await multiply(stand, 'alerts', Math.ceil(alerts / TEMPLATES));
  await multiply(stand, 'incidents', Math.ceil(alerts / TEMPLATES));
  await multiply(stand, 'alert_processing_records', Math.ceil(alerts / TEMPLATES));
  context.log(`${rows} alerts in the history`);
  const figures: RowResult['figures'] = { alerts: rows };
  const problems: string[] = [];
  const admin = await adminConnection(stand);
  await admin.query("SET GLOBAL log_output = 'TABLE', GLOBAL general_log = 1");
  for (const path of LISTS) {
    const times: number[] = [];
    let cursor = '';
    for (let call = 0; call < CALLS; call += 1) {
      const began = performance.now();
      const { status, body } = await stand.call<{ next_cursor?: string | null }>('GET', `${path}${cursor}`);
      times.push(performance.now() - began);
      if (status !== 200) {
        problems.push(`${path}: ${status}`);
        break;
      }
      cursor = body?.next_cursor ? `&cursor=${encodeURIComponent(body.next_cursor)}` : '';
    }
    const p95 = Math.round(percentile(times, 0.95));
    figures[`p95_ms ${path}`] = p95;
    if (p95 > P95_MS) problems.push(`${path}: p95 ${p95} ms, not <= ${P95_MS}`);
  }
  await admin.query('SET GLOBAL general_log = 0');
  const scans = await fullScans(stand);
  admin.destroy();
  return { figures: { ...figures, full_scans: scans.length }, problems: [...problems, ...scans] };
}

interface Column {
  name: string;
  type: string;
  size: number | null;
  isUnique: number;
}

/** Copies every row of a table so many times; keys get values of their own, times lie further and further back. */
async function multiply(stand: Stand, table: string, times: number): Promise<number> {
  const columns = await stand.database.query<Column>(
    `SELECT c.COLUMN_NAME AS name, c.DATA_TYPE AS type, c.CHARACTER_MAXIMUM_LENGTH AS size,
       EXISTS (SELECT 1 FROM information_schema.STATISTICS s WHERE s.TABLE_SCHEMA = c.TABLE_SCHEMA AND s.TABLE_NAME = c.TABLE_NAME
         AND s.COLUMN_NAME = c.COLUMN_NAME AND s.NON_UNIQUE = 0) AS isUnique
     FROM information_schema.COLUMNS c WHERE c.TABLE_SCHEMA = DATABASE() AND c.TABLE_NAME = ? ORDER BY c.ORDINAL_POSITION`,
    [table],
  );
  const values = columns.map(({ name, type, size, isUnique }) => {
    const hash = `SHA2(CONCAT(t.${name}, '-', n.seq), 256)`;
    if (isUnique && size === 36) return idOfCopy(name, hash);
    if (isUnique && /char/.test(type)) return `LEFT(${hash}, ${size ?? 64})`;
    if (isUnique && /^(int|bigint)$/.test(type) && name !== 'position') return `t.${name}`;
    return type === 'bigint' ? `IF(t.${name} > 1000000000000, t.${name} - n.seq * 60000, t.${name})` : `t.${name}`;
  });
  const names = columns.map(({ name }) => name).join(', ');
  await stand.database.query(`CREATE TABLE fault_${table} AS SELECT * FROM ${table}`);
  const step = 50;
  for (let from = 1; from < times; from += step) {
    const to = Math.min(times - 1, from + step - 1);
    await stand.database.query(
      `INSERT INTO ${table} (${names}) SELECT ${values.join(', ')} FROM fault_${table} t CROSS JOIN seq_${from}_to_${to} n`,
    );
  }
  await stand.database.query(`DROP TABLE fault_${table}`);
  await stand.database.query(`ANALYZE TABLE ${table}`);
  const [count] = await stand.database.query<{ total: number }>(`SELECT COUNT(*) AS total FROM ${table}`);
  return Number(count?.total);
}

/** A UUIDv7 of the copy's own time: ids are in the order of time, and cursors and lists rely on that. */
function idOfCopy(name: string, hash: string): string {
  const ms = `CAST(CONV(CONCAT(LEFT(t.${name}, 8), SUBSTR(t.${name}, 10, 4)), 16, 10) AS SIGNED) - n.seq * 60000`;
  const time = `LPAD(LOWER(HEX(${ms})), 12, '0')`;
  const parts = [
    `LEFT(${time}, 8)`,
    `RIGHT(${time}, 4)`,
    `CONCAT('7', LEFT(${hash}, 3))`,
    `CONCAT('8', SUBSTR(${hash}, 4, 3))`,
  ];
  return `CONCAT_WS('-', ${parts.join(', ')}, SUBSTR(${hash}, 7, 12))`;
}

/** The statements that the lists have led to and that read a whole table. */
async function fullScans(stand: Stand): Promise<string[]> {
  const statements = await stand.database.query<{ statement: string }>(
    `SELECT DISTINCT CONVERT(argument USING utf8mb4) AS statement FROM mysql.general_log
     WHERE command_type IN ('Query', 'Execute') AND argument LIKE 'SELECT%'
       AND (argument LIKE '%alerts%' OR argument LIKE '%incidents%' OR argument LIKE '%alert\\_%')
       AND argument NOT LIKE '%general_log%' AND argument NOT LIKE '%outbox%' LIMIT 400`,
  );
  const scans = new Set<string>();
  for (const { statement } of statements) {
    const plan = await stand.database
      .query<{ type: string | null; table: string | null; rows: string | number | null }>(`EXPLAIN ${statement}`)
      .catch(() => []);
    for (const { type, table, rows } of plan) {
      if (type === 'ALL' && Number(rows) > FEW_ROWS && !String(table).startsWith('<'))
        scans.add(`full scan of ${table} (${rows} rows): ${statement.slice(0, 160).replace(/'[^']*'/g, '?')}`);
    }
  }
  return [...scans].slice(0, 10);
}
