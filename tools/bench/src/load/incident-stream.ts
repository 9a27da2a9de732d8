import { createHash } from 'node:crypto';
import { incidentOpened } from '@alertagent/contracts';
import type { Connection } from 'mysql2/promise';
import type { NatsConnection } from 'nats';
import { byTheClock } from './by-the-clock';
import { HttpConnection } from './http-connection';

const WARM_UP_SECONDS = 3;
const CONNECTIONS = 16;
const CLUSTER = '01890000-0000-7000-8000-000000000000';
const TOKEN = `aat_webhook_${'b'.repeat(43)}`;
/** Published for every incident, with the alert that opened it. */
const OPENED = `${incidentOpened.subject}.>`;
const LAST_ANSWERS_MS = 10_000;

/** Webhooks by the clock, each of which opens an incident. */
export interface IncidentStream {
  /** Where the gateway answers HTTP. */
  port: number;
  nats: NatsConnection;
  perSecond: number;
  seconds: number;
  /** Keeps the incidents of several streams apart. */
  name: string;
}

/** Makes the token known to the gateway, as its announcement would. */
export async function announceToken(connection: Connection): Promise<void> {
  await connection.query(
    'INSERT INTO gateway_known_cluster_tokens (token_hash, token_id, cluster_id, cluster_name, purpose) VALUES (?, ?, ?, ?, ?)',
    [createHash('sha256').update(TOKEN).digest('hex'), CLUSTER, CLUSTER, 'bench', 'webhook'],
  );
}

/** Milliseconds from when each webhook was due to the event at a NATS subscriber. Errors: one was refused, or its event did not come. */
export async function incidentLatencies({ port, nats, perSecond, seconds, name }: IncidentStream): Promise<number[]> {
  const dueOf = new Map<string, number>();
  const latencies: number[] = [];
  const subscription = nats.subscribe(OPENED, {
    callback: (_error, message) => {
      const service = /"service":"([a-z-]+-\d+)"/.exec(message.string())?.[1] ?? '';
      const due = dueOf.get(service);
      dueOf.delete(service);
      if (due !== undefined) latencies.push(performance.now() - due);
    },
  });
  const idle = Array.from({ length: CONNECTIONS }, () => new HttpConnection(port));
  const connections = [...idle];
  const measuredFrom = performance.now() + WARM_UP_SECONDS * 1_000;
  await byTheClock({ perSecond, seconds: WARM_UP_SECONDS + seconds }, async (number, due) => {
    const own = idle.shift();
    if (own === undefined) throw new Error('all connections are busy: the gateway is far behind');
    const service = `${name}-${number}`;
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
