import { setTimeout as delay } from 'node:timers/promises';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { bareRowsPerSecond } from '../bare/bare-rows';
import type { Bench, BenchSettings } from '../bench';
import { startBenchMariadb } from '../bench-mariadb';
import { withCleanUp } from '../clean-up';
import type { Figure } from '../figure';
import { GatewayAlone } from '../gateway-alone';
import { putWaiting } from '../waiting-webhooks';

const DEFAULT_SECONDS = 20;
const BARE_SECONDS = 5;
/** So many alerts are put in for each second that is to be measured; what is left over waits. */
const MOST_PER_SECOND = 12_000;
const LOOK_EVERY_MS = 500;
const WARM_UP_WEBHOOKS = 400;

/** How fast waiting webhooks become episodes, incidents and processing records. */
export const pipeline: Bench = {
  name: 'pipeline',
  summary:
    'stored webhooks of 50 different alerts through the whole pipeline on MariaDB, against one connection that inserts the same rows',
  run: (settings) =>
    withCleanUp(async (later) => {
      settings.say('starting MariaDB and the gateway');
      const mariadb = await startBenchMariadb();
      later(() => mariadb.stop());
      const url = await mariadb.createDatabase('alertagent');
      const gateway = await GatewayAlone.start(url, settings, later);
      const connection = await createConnection({ uri: url });
      later(() => connection.end());
      return measure(gateway, connection, settings);
    }),
};

async function measure(
  gateway: GatewayAlone,
  connection: Connection,
  { seconds = DEFAULT_SECONDS, say }: BenchSettings,
): Promise<Figure[]> {
  const webhooks = Math.ceil((seconds * MOST_PER_SECOND) / 50);
  say('warming up');
  await putWaiting(connection, 0, WARM_UP_WEBHOOKS);
  await drained(connection, gateway, Infinity);
  say('one connection inserts the same rows');
  const before = await bareRowsPerSecond(connection, BARE_SECONDS);
  say(`${webhooks * 50} different alerts`);
  await putWaiting(connection, 1_000_000, webhooks);
  const distinct = await drained(connection, gateway, seconds);
  await drained(connection, gateway, Infinity);
  say('the same alerts again');
  await putWaiting(connection, 1_000_000, webhooks);
  const repeats = await drained(connection, gateway, seconds);
  await drained(connection, gateway, Infinity);
  say('one connection inserts the same rows, once more');
  const after = await bareRowsPerSecond(connection, BARE_SECONDS);
  const bare = (before + after) / 2;
  const limit = { name: 'one connection, the same two rows', value: bare };
  const note = `bare runs ${Math.round(before)}, ${Math.round(after)}`;
  const most = Math.max(distinct.residentMiB, repeats.residentMiB);
  return [
    {
      name: 'pipeline, different alerts',
      value: distinct.alertsPerSecond,
      unit: 'alerts/s',
      limit,
      goal: { of: 'ratio', direction: 'at least', bound: 0.6 },
      note,
    },
    {
      name: 'pipeline, repeats',
      value: repeats.alertsPerSecond,
      unit: 'alerts/s',
      limit,
      goal: { of: 'ratio', direction: 'at least', bound: 1.2 },
    },
    {
      name: 'gateway RSS under this load',
      value: most,
      unit: 'MiB',
      goal: { of: 'value', direction: 'at most', bound: 400 },
    },
  ];
}

/** Watches until nothing waits, or for so many seconds. */
async function drained(
  connection: Connection,
  gateway: GatewayAlone,
  seconds: number,
): Promise<{ alertsPerSecond: number; residentMiB: number }> {
  const began = performance.now();
  const first = await waiting(connection);
  let left = first;
  let residentMiB = gateway.residentMiB();
  let elapsed = 0;
  while (left > 0 && elapsed < seconds) {
    await delay(LOOK_EVERY_MS);
    left = await waiting(connection);
    elapsed = (performance.now() - began) / 1_000;
    residentMiB = Math.max(residentMiB, gateway.residentMiB());
  }
  return { alertsPerSecond: (first - left) / Math.max(elapsed, 0.001), residentMiB };
}

async function waiting(connection: Connection): Promise<number> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT SUM(alert_count) AS alerts FROM alert_inbox WHERE state = 0',
  );
  return Number(rows[0]?.['alerts'] ?? 0);
}
