import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { multiplyRows } from '../bare/multiply-rows';
import type { Bench, BenchSettings } from '../bench';
import { startBenchMariadb } from '../bench-mariadb';
import { withCleanUp } from '../clean-up';
import type { Figure } from '../figure';
import { GatewayAlone } from '../gateway-alone';
import { percentile } from '../percentile';
import { putWaiting } from '../waiting-webhooks';

const WEBHOOKS = 40;
const ALERTS = 1_000_000;
/** Pages of each list, one after the other. */
const PAGES = 30;
const TABLES = ['alerts', 'incidents', 'alert_processing_records', 'incident_timeline'];

const LISTS = [
  '/alerts?limit=50',
  '/alerts?limit=50&status=firing',
  '/alerts?limit=50&status=resolved',
  '/alerts?limit=50&severity=critical',
  '/alerts?limit=50&severity=nothing-has-it',
  '/alerts?limit=50&name=DiskAlmostFull',
  '/alerts?limit=50&name=NothingHasIt',
  '/alerts?limit=50&cluster_id=01890000-0000-7000-8000-000000000000',
  '/alerts?limit=50&since=2099-01-01T00:00:00Z',
  '/alerts?limit=50&collapse=flapping',
  '/alerts?limit=50&status=firing&severity=nothing-has-it',
  '/alerts?limit=50&status=resolved&severity=critical&name=DiskAlmostFull',
  '/alerts?limit=50&severity=critical&collapse=flapping&since=2020-01-01T00:00:00Z',
  '/incidents?limit=50',
  '/incidents?limit=50&status=open',
  '/incidents?limit=50&status=resolved',
  '/incidents?limit=50&severity=nothing-has-it',
  '/incidents?limit=50&priority=P5',
  '/incidents?limit=50&status=open&priority=P5&storm=true',
  '/incidents?limit=50&flapping=true',
  '/incidents?limit=50&storm=true',
  '/incidents?limit=50&acknowledged=true',
  '/incidents?limit=50&snoozed=true',
  '/incidents?limit=50&team=nobody',
  '/incidents?limit=50&q=nothing%20has%20it',
  '/incidents?limit=50&cluster=nothing-has-it',
  '/quarantine?limit=50',
  '/suppressions?limit=50',
];

/** Whether lists stay quick when years lie behind them. */
export const history: Bench = {
  name: 'history',
  summary: 'p95 of every list and filter over 1,000,000 alerts, also of filters that nothing matches, page by page',
  run: (settings) =>
    withCleanUp(async (later) => {
      settings.say('starting MariaDB and the gateway');
      const mariadb = await startBenchMariadb();
      later(() => mariadb.stop());
      const url = await mariadb.createDatabase('alertagent');
      const gateway = await GatewayAlone.start(url, settings, later);
      const connection = await createConnection({ uri: url });
      later(() => connection.end());
      await fill(connection, settings);
      return measure(gateway, connection, settings);
    }),
};

/** Real rows from the pipeline, copied until there are a million. */
async function fill(connection: Connection, { say }: BenchSettings): Promise<void> {
  const alerts = await putWaiting(connection, 0, WEBHOOKS);
  while (Number((await one(connection, 'SELECT COUNT(*) AS n FROM alert_inbox WHERE state = 0')).n) > 0);
  for (const table of TABLES) {
    say(`filling ${table}`);
    await multiplyRows(connection, table, Math.ceil(ALERTS / alerts));
  }
}

async function measure(gateway: GatewayAlone, connection: Connection, { say }: BenchSettings): Promise<Figure[]> {
  const byKey = await fiftyByKey(connection);
  const figures: Figure[] = [];
  for (const path of LISTS) {
    say(path);
    const times: number[] = [];
    let cursor = '';
    for (let page = 0; page < PAGES; page += 1) {
      const { ms, body } = await gateway.timedGet<{ next_cursor?: string | null }>(path + cursor);
      times.push(ms);
      cursor = body.next_cursor ? `&cursor=${encodeURIComponent(body.next_cursor)}` : '';
    }
    figures.push({
      name: `p95 of ${decodeURIComponent(path.replace('limit=50&', '').replace('?limit=50', ''))}`,
      value: percentile(times, 0.95),
      unit: 'ms',
      limit: { name: '50 rows by key', value: byKey },
      goal: { of: 'value', direction: 'at most', bound: 200 },
    });
  }
  return figures;
}

/** p95 of the same number of rows, found by their keys over one connection. */
async function fiftyByKey(connection: Connection): Promise<number> {
  const [rows] = await connection.query<RowDataPacket[]>('SELECT id FROM alerts ORDER BY RAND() LIMIT 1500');
  const times: number[] = [];
  for (let from = 0; from < rows.length; from += 50) {
    const ids = rows.slice(from, from + 50).map(({ id }) => String(id));
    const began = performance.now();
    await connection.query('SELECT * FROM alerts WHERE id IN (?)', [ids]);
    times.push(performance.now() - began);
  }
  return percentile(times, 0.95);
}

async function one(connection: Connection, sql: string): Promise<RowDataPacket> {
  const [rows] = await connection.query<RowDataPacket[]>(sql);
  return rows[0]!;
}
