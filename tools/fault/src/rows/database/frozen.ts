import { setTimeout as delay } from 'node:timers/promises';
import { checkInvariants } from '../../invariants';
import { atMost, attemptsOf, durationsOf, msUntilReady, onlyAnswers } from '../../measure';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { countOf } from '../../stored-alerts';
import { senderTo } from '../../sender-to';

const REFUSED_WITHIN_MS = 5_000;
const HUNG_MS = 10_000;
const PER_SECOND = 30;
const POOL = 10;

/** The database stops to answer without closing anything. */
export const databaseFrozen: FaultRow = {
  id: 'F18',
  title: 'database: SIGSTOP (12 s unless told by --seconds; 30 is full size)',
  bar: 'webhooks are refused with 503 within 5 s, none hangs 10 s, the pool is whole afterwards; 0/0/0',
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const { seconds = 12 } = context.options;
  const stand = await context.stand();
  const { mariadb } = stand;
  if (!mariadb) throw new Error('this row needs MariaDB');
  const sender = senderTo(stand, context);
  const load = sender.sendByClock(PER_SECOND, seconds + 4);
  await delay(1_000);
  mariadb.kill('SIGSTOP');
  const notReadyMs = await msUntilReady(stand.gateway, false, 10_000);
  await delay(seconds * 1_000 - notReadyMs);
  mariadb.kill('SIGCONT');
  const readyMs = await msUntilReady(stand.gateway, true, 10_000);
  await load;
  const attempts = await attemptsOf(sender);
  const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
  const refused = durationsOf(attempts, ({ outcome }) => outcome === 'unknown');
  const connections = await countOf(
    stand.database,
    "SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'root' AND command <> 'Sleep' AND info NOT LIKE '%processlist%'",
  );
  return {
    figures: {
      ...figures,
      frozen_s: seconds,
      refused: refused.length,
      refused_max_ms: Math.max(0, ...refused),
      not_ready_ms: notReadyMs,
      ready_again_ms: readyMs,
      connections_still_busy: connections,
    },
    problems: [
      ...problems,
      ...onlyAnswers(sender, ['202', '503']),
      ...(refused.length === 0 ? ['nothing was refused: the fault did not bite'] : []),
      ...atMost('ms until a webhook was refused', Math.max(0, ...refused), REFUSED_WITHIN_MS),
      ...atMost('webhooks that hung', refused.filter((ms) => ms > HUNG_MS).length, 0),
      ...atMost('connections that are still busy', connections, POOL / 2),
    ],
  };
}
