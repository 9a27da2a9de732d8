import { createHash } from 'node:crypto';
import { incidentOpened } from '@alertagent/contracts';
import { createConnection, type Connection } from 'mysql2/promise';
import { connect, type NatsConnection } from 'nats';
import type { Bench, BenchSettings } from '../bench';
import { startBenchMariadb } from '../bench-mariadb';
import { bareRoundTrip } from '../bare/bare-round-trip';
import { withCleanUp } from '../clean-up';
import type { Figure } from '../figure';
import { GatewayAlone } from '../gateway-alone';
import { HttpConnection } from '../load/http-connection';
import { byTheClock } from '../load/by-the-clock';
import { percentile } from '../percentile';

const DEFAULT_SECONDS = 20;
const WARM_UP_SECONDS = 3;
const PER_SECOND = 100;
const CONNECTIONS = 16;
const CLUSTER = '01890000-0000-7000-8000-000000000000';
const TOKEN = `aat_webhook_${'b'.repeat(43)}`;
/** Published for every incident, with the alert that opened it. */
const OPENED = `${incidentOpened.subject}.>`;
const LAST_ANSWERS_MS = 10_000;

/** How long integrations wait for the news of an alert. */
export const eventLatency: Bench = {
  name: 'event-latency',
  summary:
    '100 webhooks per second, by the clock, each opening an incident: from when it was due to the event at a NATS subscriber',
  run: (settings) =>
    withCleanUp(async (later) => {
      settings.say('starting MariaDB, NATS and the gateway');
      const mariadb = await startBenchMariadb();
      later(() => mariadb.stop());
      const url = await mariadb.createDatabase('alertagent');
      const gateway = await GatewayAlone.start(url, settings, later);
      const connection = await createConnection({ uri: url });
      later(() => connection.end());
      await announceToken(connection);
      const nats = await connect({ servers: gateway.natsUrl });
      later(() => nats.close());
      return measure({ gateway, connection, nats }, settings);
    }),
};

/** Makes the token known to the gateway, as its announcement would. */
async function announceToken(connection: Connection): Promise<void> {
  await connection.query(
    'INSERT INTO gateway_known_cluster_tokens (token_hash, token_id, cluster_id, cluster_name, purpose) VALUES (?, ?, ?, ?, ?)',
    [createHash('sha256').update(TOKEN).digest('hex'), CLUSTER, CLUSTER, 'bench', 'webhook'],
  );
}

interface Parts {
  gateway: GatewayAlone;
  connection: Connection;
  nats: NatsConnection;
}

async function measure({ gateway, connection, nats }: Parts, settings: BenchSettings): Promise<Figure[]> {
  const { seconds = DEFAULT_SECONDS, say } = settings;
  say('the bare round trip: one row committed, one message published and received');
  const bare = await bareRoundTrip({ connection, nats, perSecond: PER_SECOND, seconds: Math.min(seconds, 10) });
  say(`${PER_SECOND} incidents per second`);
  const latencies = await load(gateway.port, nats, seconds);
  const figure = (share: number, name: string): Figure => ({
    name: `alert to event, ${name}`,
    value: percentile(latencies, share),
    unit: 'ms',
    limit: { name: 'commit, publish, receive', value: percentile(bare, share) },
  });
  return [
    figure(0.5, 'p50'),
    {
      ...figure(0.99, 'p99'),
      goal: { of: 'value', direction: 'at most', bound: 150 },
      note: `${latencies.length} events of ${seconds * PER_SECOND} webhooks`,
    },
  ];
}

async function load(port: number, nats: NatsConnection, seconds: number): Promise<number[]> {
  const dueOf = new Map<string, number>();
  const latencies: number[] = [];
  const subscription = nats.subscribe(OPENED, {
    callback: (_error, message) => {
      const service = /"service":"(bench-\d+)"/.exec(message.string())?.[1] ?? '';
      const due = dueOf.get(service);
      dueOf.delete(service);
      if (due !== undefined) latencies.push(performance.now() - due);
    },
  });
  const idle = Array.from({ length: CONNECTIONS }, () => new HttpConnection(port));
  const connections = [...idle];
  const measuredFrom = performance.now() + WARM_UP_SECONDS * 1_000;
  await byTheClock({ perSecond: PER_SECOND, seconds: WARM_UP_SECONDS + seconds }, async (number, due) => {
    const own = idle.shift();
    if (own === undefined) throw new Error('all connections are busy: the gateway is far behind');
    const service = `bench-${number}`;
    if (due >= measuredFrom) dueOf.set(service, due);
    const status = await own.send(requestOf(service));
    if (status !== 202) throw new Error(`a webhook was answered with ${status}`);
    idle.push(own);
  });
  const until = performance.now() + LAST_ANSWERS_MS;
  while (dueOf.size > 0 && performance.now() < until) await nats.flush();
  subscription.unsubscribe();
  for (const each of connections) each.close();
  if (dueOf.size > 0) throw new Error(`${dueOf.size} events did not come`);
  return latencies;
}

/** One alert of a service that nobody has seen. */
function requestOf(service: string): Buffer {
  const labels = { alertname: 'HighErrorRate', service, instance: `${service}:9100`, severity: 'critical' };
  const alert = {
    status: 'firing',
    labels,
    annotations: { summary: `${service} fails` },
    startsAt: '2026-01-05T09:00:00Z',
  };
  const body = JSON.stringify({ version: '4', status: 'firing', alerts: [alert] });
  const head = [
    'POST /api/v1/alerts/webhook HTTP/1.1',
    'host: bench',
    'content-type: application/json',
    `authorization: Bearer ${TOKEN}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}
