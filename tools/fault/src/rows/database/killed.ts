import { setTimeout as delay } from 'node:timers/promises';
import { checkInvariants } from '../../invariants';
import { atMost, msUntilReady, onlyAnswers } from '../../measure';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { senderTo } from '../../sender-to';
import { SteadyLoad } from '../../steady-load';

const DOWN_MS = 5_000;
const NOT_READY_WITHIN_MS = 2_000;
const READY_WITHIN_MS = 5_000;
const PER_SECOND = 40;

/** The database is killed and comes back five seconds later, again and again, under two gateways. */
export const databaseKilled: FaultRow = {
  id: 'F16',
  title: 'database: kill -9, started again 5 s later, two gateways under load',
  bar: '0 lost, 0 phantom, 0 duplicate; not ready within 2 s, ready within 5 s of its return; only 2xx and 503',
  sabotages: { 'ack-before-commit': 'acknowledged alerts are lost' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const { options, random, log } = context;
  const { kills = 3, instances = 2 } = options;
  const stand = await context.stand({ gateways: instances });
  const { mariadb } = stand;
  if (!mariadb) throw new Error('this row needs MariaDB');
  const sender = senderTo(stand, context);
  const [downs, ups]: [number[], number[]] = [[], []];
  const load = new SteadyLoad(context, sender, (busy) => busy.sendByClock(PER_SECOND, 1));
  for (let kill = 1; kill <= kills; kill += 1) {
    await delay(random.between(500, 1_500));
    mariadb.kill('SIGKILL');
    const back = delay(DOWN_MS);
    downs.push(...(await Promise.all(stand.gateways.map((gateway) => msUntilReady(gateway, false, DOWN_MS)))));
    await back;
    await mariadb.restart();
    ups.push(...(await Promise.all(stand.gateways.map((gateway) => msUntilReady(gateway, true, 15_000)))));
    log(`${kill} of ${kills} kills, ${sender.sentAlerts} alerts sent`);
  }
  await load.stop();
  const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
  const [worstDown, worstUp] = [Math.max(...downs), Math.max(...ups)];
  return {
    figures: { ...figures, kills, instances, not_ready_max_ms: worstDown, ready_again_max_ms: worstUp },
    problems: [
      ...problems,
      ...onlyAnswers(sender, ['202', '503']),
      ...atMost('ms until not ready', worstDown, NOT_READY_WITHIN_MS),
      ...atMost('ms until ready again', worstUp, READY_WITHIN_MS),
    ],
  };
}
