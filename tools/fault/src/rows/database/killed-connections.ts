import { setTimeout as delay } from 'node:timers/promises';
import { checkInvariants } from '../../invariants';
import { adminConnection, atMost } from '../../measure';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { senderTo } from '../../sender-to';

const PER_SECOND = 60;
const MOST_REFUSED = 0.001;

/** The server throws every connection out once a second. */
export const databaseConnectionsKilled: FaultRow = {
  id: 'F25',
  title: 'database: KILL of every connection each second',
  bar: '<= 0.1 % of the webhooks refused, 0 lost; 0/0/0',
  sabotages: { 'no-repeat': 'webhooks are refused' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const { seconds = 20 } = context.options;
  const stand = await context.stand();
  const sender = senderTo(stand, context, 'killed');
  const load = sender.sendByClock(PER_SECOND, seconds);
  const admin = await adminConnection(stand);
  const until = performance.now() + seconds * 1_000 - 500;
  let killed = 0;
  while (performance.now() < until) {
    await delay(1_000);
    const [rows] = await admin.query(
      'SELECT id FROM information_schema.processlist WHERE user = ? AND id <> CONNECTION_ID()',
      ['root'],
    );
    for (const { id } of rows as { id: number }[]) {
      await admin.query('KILL ?', [id]).then(
        () => (killed += 1),
        () => undefined,
      );
    }
  }
  admin.destroy();
  await load;
  const all = [...sender.answers.values()].reduce((sum, count) => sum + count, 0);
  const refused = all - (sender.answers.get('202') ?? 0);
  const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
  return {
    figures: { ...figures, killed, webhooks: all, refused, answers: JSON.stringify([...sender.answers]) },
    problems: [...problems, ...atMost('share of webhooks refused', refused / all, MOST_REFUSED)],
  };
}
