import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createConnection } from 'mysql2';
import { programSettings, sayAnswer } from '../node-program';
import { BareInbox } from './bare-inbox';

/** What the bare intake needs to know. */
export interface BareIntakeSettings {
  /** Database with a table `alert_inbox` like the gateway's. */
  databaseUrl: string;
  /** Webhooks in one statement, as in the gateway. */
  maxBatch: number;
}

const settings = programSettings<BareIntakeSettings>();
const inbox = new BareInbox(createConnection({ uri: settings.databaseUrl }), settings.maxBatch);

async function answer(chunks: Buffer[], response: ServerResponse): Promise<void> {
  const body = Buffer.concat(chunks);
  const { alerts } = JSON.parse(body.toString('utf8')) as { alerts: unknown[] };
  await inbox.add(body, alerts.length);
  const text = JSON.stringify({ accepted: alerts.length, quarantined: [] });
  response.writeHead(202, { 'content-type': 'application/json', 'content-length': text.length });
  response.end(text);
}

const server = createServer((request: IncomingMessage, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    answer(chunks, response).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      response.writeHead(500, { 'content-length': 0 }).end();
    });
  });
});
server.keepAliveTimeout = 65_000;
server.listen(0, '127.0.0.1', () => sayAnswer({ port: (server.address() as AddressInfo).port }));
