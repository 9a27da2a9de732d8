import { connect, type Socket } from 'node:net';
import { programSettings, sayAnswer } from '../node-program';

/** What is pulled, and how hard. */
export interface PullLoadSettings {
  port: number;
  path: string;
  token: string;
  etag: string;
  connections: number;
  warmUpSeconds: number;
  seconds: number;
}

/** What came back within the measured seconds. */
export interface PullLoadResult {
  /** Answers with status 304. */
  unchanged: number;
  /** All others, by status. */
  others: Record<string, number>;
}

const settings = programSettings<PullLoadSettings>();
const from = performance.now() + settings.warmUpSeconds * 1_000;
const to = from + settings.seconds * 1_000;
const request = Buffer.from(
  [
    `GET ${settings.path} HTTP/1.1`,
    `host: 127.0.0.1:${settings.port}`,
    `authorization: Bearer ${settings.token}`,
    `if-none-match: ${settings.etag}`,
    '\r\n',
  ].join('\r\n'),
);
const result: PullLoadResult = { unchanged: 0, others: {} };

/** Asks again whenever an answer is there. An answer with a body is not followed: it ends the load as a mistake. */
function pull(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port: settings.port, host: '127.0.0.1', noDelay: true });
    let received = '';
    socket.on('connect', () => socket.write(request));
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (!received.includes('\r\n\r\n')) return;
      const status = received.slice(9, 12);
      const now = performance.now();
      if (now >= from && now < to) {
        if (status === '304') result.unchanged += 1;
        else result.others[status] = (result.others[status] ?? 0) + 1;
      }
      received = '';
      if (now >= to || status !== '304') socket.destroy();
      else socket.write(request);
    });
  });
}

void Promise.all(Array.from({ length: settings.connections }, pull)).then(() => sayAnswer(result));
