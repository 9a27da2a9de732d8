import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CrashDisk } from '../../injectors/power-cut';
import { checkInvariants } from '../../invariants';
import { asAdmin, atMost, onlyAnswers } from '../../measure';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { senderTo } from '../../sender-to';
import { SteadyLoad } from '../../steady-load';

const RECOVERY_MS = 10_000;

/** The power of the machine with the database is cut under load; the gateway is on another one. */
export const databasePowerCut: FaultRow = {
  id: 'F17',
  title: 'database: power cut under load (crash image of a loop disk)',
  bar: '0 acknowledged alerts lost',
  sabotages: { 'flush-log-off': 'commits of the last second are lost' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const { options, random, log } = context;
  const { cuts = 3 } = options;
  const disk = await CrashDisk.create();
  context.later(() => disk.close());
  const stand = await context.stand({ servers: { mariadb: { dataDir: join(disk.mountPoint, 'mariadb') } } });
  const { mariadb } = stand;
  if (!mariadb) throw new Error('this row needs MariaDB');
  const sender = senderTo(stand, context);
  const recoveries: number[] = [];
  for (let cut = 1; cut <= cuts; cut += 1) {
    if (options.sabotage === 'flush-log-off') await asAdmin(stand, 'SET GLOBAL innodb_flush_log_at_trx_commit = 0');
    const load = new SteadyLoad(context, sender, (busy) => busy.send(400));
    await delay(random.between(800, 2_000));
    await disk.cut([mariadb.pid]);
    const stopped = load.stop();
    const began = performance.now();
    await mariadb.restart();
    await stand.gateway.whenReady();
    recoveries.push(Math.round(performance.now() - began));
    await stopped;
    log(`${cut} of ${cuts} power cuts, ${sender.sentAlerts} alerts sent`);
  }
  const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
  const worst = Math.max(...recoveries);
  return {
    figures: { ...figures, cuts, recovery_max_ms: worst },
    problems: [...problems, ...onlyAnswers(sender, ['202', '503']), ...atMost('ms until ready', worst, RECOVERY_MS)],
  };
}
