import { setTimeout as delay } from 'node:timers/promises';
import type { AlertAgent } from '@alertagent/e2e/alertagent';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { bareRowsPerSecond } from '../bare/bare-rows';
import type { Bench, BenchSettings } from '../bench';
import { withCleanUp } from '../clean-up';
import { watchDrain } from '../drain';
import type { Figure } from '../figure';
import { IntakeStand, remarksOn } from '../intake-stand';

const STORM_SECONDS = 10;
const WEBHOOKS_PER_SECOND = 200;
const ALERTS_PER_WEBHOOK = 50;
const LOOK_EVERY_MS = 10;
const FIRST_PATIENCE_MS = 60_000;
const DRAIN_PATIENCE_SECONDS = 300;
const BARE_SECONDS = 5;

/** How soon people see anything of a storm, and how long it takes until all of it is processed. */
export const storm: Bench = {
  name: 'storm',
  summary:
    '100,000 different alerts within 10 s on a quiet system: when the first incident can be read, when all are processed',
  run: (settings) =>
    withCleanUp(async (later) => {
      settings.say('starting MariaDB and AlertAgent');
      return measure(await IntakeStand.start(settings, later), settings);
    }),
};

async function measure(stand: IntakeStand, { seconds = STORM_SECONDS, say }: BenchSettings): Promise<Figure[]> {
  say(`${seconds * WEBHOOKS_PER_SECOND * ALERTS_PER_WEBHOOK} alerts`);
  const first = firstIncident(stand.agent);
  const began = performance.now();
  const load = await stand.loadAgent({
    alerts: ALERTS_PER_WEBHOOK,
    connections: 64,
    warmUpSeconds: 0,
    seconds,
    requestsPerSecond: WEBHOOKS_PER_SECOND,
  });
  const visibleMs = await first;
  say('waiting until all are processed');
  const drain = await watchDrain(stand.agent, DRAIN_PATIENCE_SECONDS);
  const allSeconds = (performance.now() - began) / 1_000;
  if (!drain.balanced) throw new Error('the ledger does not balance');
  const connection = await createConnection({ uri: stand.databaseUrl });
  const { incidents, bare } = await afterwards(connection).finally(() => connection.end());
  return [
    {
      name: 'storm, first incident readable after',
      value: visibleMs,
      unit: 'ms',
      goal: { of: 'value', direction: 'at most', bound: 1_000 },
      note: [
        'from the arrival of its webhook to the answer of GET /incidents that shows it',
        `${load.acceptedAlerts} alerts taken in`,
        remarksOn(load),
      ]
        .filter(Boolean)
        .join('; '),
    },
    {
      name: 'storm, all processed, alerts per second since its start',
      value: load.acceptedAlerts / allSeconds,
      unit: 'alerts/s',
      limit: { name: 'one connection, the same two rows', value: bare },
      note: `${Math.round(allSeconds)} s in all, ${drain.left} left, ${incidents} incidents`,
    },
  ];
}

/** How many incidents it became, and what one connection can do. */
async function afterwards(connection: Connection): Promise<{ incidents: number; bare: number }> {
  const [rows] = await connection.query<RowDataPacket[]>('SELECT COUNT(*) AS incidents FROM incidents');
  return { incidents: Number(rows[0]?.['incidents']), bare: await bareRowsPerSecond(connection, BARE_SECONDS) };
}

interface IncidentPage {
  items: { opened_at: string }[];
}

/** Milliseconds from the arrival of the webhook that opened the first incident until a list shows it. */
async function firstIncident(agent: AlertAgent): Promise<number> {
  const until = performance.now() + FIRST_PATIENCE_MS;
  while (performance.now() < until) {
    const { items } = await agent.get<IncidentPage>('/incidents?limit=200');
    const seen = Date.now();
    const [oldest] = items.map(({ opened_at }) => Date.parse(opened_at)).sort((a, b) => a - b);
    if (oldest !== undefined) return seen - oldest;
    await delay(LOOK_EVERY_MS);
  }
  throw new Error('no incident was opened');
}
