import { createConnection, type Connection } from 'mysql2/promise';
import { setTimeout as delay } from 'node:timers/promises';
import { checkInvariants } from '../../invariants';
import { adminConnection, asAppUser, atMost, createAppUser, msUntilReady, onlyAnswers } from '../../measure';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { senderTo } from '../../sender-to';
import type { Stand } from '../../stand';

const CONNECTIONS = 10;
const BACK_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 20;

/** All connections that the database allows are taken by others. */
export const databaseCrowded: FaultRow = {
  id: 'F23',
  title: 'database: max_connections reached',
  bar: 'only 503, never 500 or a crash; 2xx again within 2 s; 0/0/0',
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const stand = await context.stand({
    beforeServices: createAppUser,
    launch: (_service, _index, command) => ({
      ...command,
      env: { ...command.env, ALERTAGENT_DATABASE_URL: asAppUser(command.env?.['ALERTAGENT_DATABASE_URL']) },
    }),
  });
  const sender = senderTo(stand, context, 'crowd');
  const load = sender.sendByClock(30, 12);
  await delay(1_500);
  const admin = await adminConnection(stand);
  await admin.query(`SET GLOBAL max_connections = ${CONNECTIONS}`);
  const crowd = await crowdOut(stand, admin);
  const notReadyMs = await msUntilReady(stand.gateway, false, 5_000);
  await delay(4_000);
  for (const connection of crowd) connection.destroy();
  const left = performance.now();
  const before = sender.acceptedMs.length;
  while (sender.acceptedMs.length === before && performance.now() - left < 10_000) await delay(LOOK_EVERY_MS);
  const backMs = performance.now() - left;
  await admin.query('SET GLOBAL max_connections = 151');
  admin.destroy();
  await load;
  const lives = stand.gateway.lives.length;
  const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
  return {
    figures: {
      ...figures,
      crowd: crowd.length,
      refused: sender.answers.get('503') ?? 0,
      not_ready_ms: notReadyMs,
      back_ms: Math.round(backMs),
    },
    problems: [
      ...problems,
      ...onlyAnswers(sender, ['202', '503']),
      ...(sender.answers.has('503') ? [] : ['nothing was refused: the fault did not bite']),
      ...(lives === 1 ? [] : ['the gateway ended']),
      ...atMost('ms until webhooks were taken again', backMs, BACK_WITHIN_MS),
    ],
  };
}

/** Throws the gateway's connections out and takes their places. */
async function crowdOut(stand: Stand, admin: Connection): Promise<Connection[]> {
  const uri = asAppUser(stand.databaseUrl);
  const crowd: Connection[] = [];
  for (let round = 0; round < 200 && crowd.length < CONNECTIONS; round += 1) {
    const [rows] = await admin.query(
      "SELECT id FROM information_schema.processlist WHERE user = 'alertagent' AND id NOT IN (?)",
      [[0, ...crowd.map(({ threadId }) => threadId)]],
    );
    for (const { id } of rows as { id: number }[]) await admin.query('KILL ?', [id]).catch(() => undefined);
    while (crowd.length < CONNECTIONS) {
      const connection = await createConnection({ uri, connectTimeout: 1_000 }).catch(() => null);
      if (connection === null) break;
      connection.on('error', () => undefined);
      crowd.push(connection);
    }
  }
  return crowd;
}
