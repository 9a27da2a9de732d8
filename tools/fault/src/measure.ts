import { createConnection, type Connection } from 'mysql2/promise';
import { pollUntil } from '@alertagent/local-stack';
import { readLedger, type Attempt } from './ledger';
import type { Sender } from './sender';
import type { Stand } from './stand';
import type { SupervisedService } from './supervised-service';

/** Milliseconds until /ready says `wanted` (a process that does not answer is not ready); `limitMs` when it never did. */
export async function msUntilReady(service: SupervisedService, wanted: boolean, limitMs: number): Promise<number> {
  const began = performance.now();
  await pollUntil(async () => ((await service.ready()) === true) === wanted, {
    what: `${service.name} to say ready ${wanted}`,
    timeoutMs: limitMs,
    intervalMs: 25,
  }).catch(() => undefined);
  return Math.round(performance.now() - began);
}

/** The sum of all series of a metric of a service, by its name without the namespace; 0 when it has none. */
export async function metricOf(service: SupervisedService, name: string, labels = ''): Promise<number> {
  const text = await (await fetch(`${service.opsUrl}/metrics`, { signal: AbortSignal.timeout(5_000) })).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(`alertagent_${name}{`) || line.startsWith(`alertagent_${name} `))
    .filter((line) => line.includes(labels))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** Closes the sender's ledger and reads it; invariants may be checked afterwards. */
export async function attemptsOf(sender: Sender): Promise<Attempt[]> {
  await sender.close();
  return readLedger(sender.ledger.file);
}

/** Milliseconds of each attempt that ended like this. */
export function durationsOf(attempts: readonly Attempt[], isMeant: (attempt: Attempt) => boolean): number[] {
  return attempts.flatMap((attempt) =>
    attempt.endedAt !== null && isMeant(attempt) ? [attempt.endedAt - attempt.startedAt] : [],
  );
}

/** A problem for each kind of answer that is not among those allowed. */
export function onlyAnswers(sender: Sender, allowed: readonly string[]): string[] {
  return [...sender.answers]
    .filter(([detail]) => !allowed.includes(detail))
    .map(([detail, times]) => `${times} webhooks were answered ${detail}; allowed: ${allowed.join(', ')}`);
}

/** A problem when a figure is above its bar. */
export function atMost(what: string, value: number, bar: number): string[] {
  return value <= bar ? [] : [`${what} ${Math.round(value * 10) / 10}, not <= ${bar}`];
}

/** A connection of our own, as administrator and straight to the server. */
export async function adminConnection(stand: Stand): Promise<Connection> {
  const connection = await createConnection({ uri: stand.databaseUrl, connectTimeout: 5_000 });
  // The server is killed under us, too.
  connection.on('error', () => undefined);
  return connection;
}

/** Runs statements as administrator on a connection that is closed afterwards. */
export async function asAdmin(stand: Stand, ...statements: string[]): Promise<void> {
  const connection = await adminConnection(stand);
  try {
    for (const statement of statements) await connection.query(statement);
  } finally {
    connection.destroy();
  }
}

const APP_USER = 'alertagent';

/** Creates the user a production server would have: everything in its own database, nothing on the server. */
export async function createAppUser(stand: Stand): Promise<void> {
  const database = new URL(stand.databaseUrl).pathname.slice(1);
  await asAdmin(
    stand,
    `CREATE USER IF NOT EXISTS ${APP_USER}@'127.0.0.1'`,
    `GRANT ALL ON ${database}.* TO ${APP_USER}@'127.0.0.1'`,
  );
}

/** The same database for that user. */
export function asAppUser(databaseUrl: string | undefined): string {
  const url = new URL(databaseUrl ?? '');
  url.username = APP_USER;
  return url.href;
}
