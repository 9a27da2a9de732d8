import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SmallDisk } from '../../injectors/full-disk';
import { systemCommand } from '../../injectors/system-command';
import { checkInvariants } from '../../invariants';
import { atMost, onlyAnswers } from '../../measure';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { senderTo } from '../../sender-to';
import { SteadyLoad } from '../../steady-load';
import { webhookText } from '../../webhook-text';
import type { Stand } from '../../stand';

const DISK_MB = 260;
const BACK_WITHIN_MS = 10_000;
const FULL_AFTER_MS = 30_000;

/** The volume of the database is full. */
export const databaseFull: FaultRow = {
  id: 'F21',
  title: 'database: its volume is full, then has space again',
  bar: '503 with storage_full, reads work, 2xx again within 10 s after there is space; 0/0/0',
  sabotages: { 'no-storage-full': 'the refusal is an internal error' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const disk = await SmallDisk.create({ sizeMb: DISK_MB });
  context.later(() => disk.close());
  const stand = await context.stand({ servers: { mariadb: { dataDir: join(disk.mountPoint, 'mariadb') } } });
  const sender = senderTo(stand, context, 'full', { style: { padding: 2_000 }, repeated: 1 });
  await sender.send(200);
  let gaveUp = false;
  void stand.mariadb?.exited.then(() => (gaveUp = true));
  await fillHoles(join(disk.mountPoint, 'mariadb'));
  await disk.fill();
  const load = new SteadyLoad(context, sender, (busy) => busy.sendByClock(60, 1));
  const began = performance.now();
  let reason = '';
  while (!reason.includes('storage_full') && performance.now() - began < FULL_AFTER_MS) {
    await delay(100);
    reason = await refusalOf(stand);
  }
  const reads = await stand.call('GET', '/alerts?limit=10');
  const incidents = await stand.call('GET', '/incidents?limit=10');
  await delay(2_000);
  await disk.release();
  const released = performance.now();
  // MariaDB may give up on a full disk; whoever supervises it starts it again.
  const lastWords =
    stand.mariadb
      ?.log()
      .split('\n')
      .filter((line) => /\[ERROR\]|assert/i.test(line))
      .slice(-3)
      .join(' | ') ?? '';
  if (gaveUp) await stand.mariadb?.restart();
  while ((await refusalOf(stand)) !== '' && performance.now() - released < 3 * BACK_WITHIN_MS) await delay(50);
  const backMs = performance.now() - released;
  await load.stop();
  const refused = sender.answers.get('503') ?? 0;
  const { figures, problems } = await checkInvariants(stand, { senders: [sender], patienceMs: 40_000 });
  return {
    figures: {
      ...figures,
      refused,
      database_gave_up: gaveUp ? lastWords : 'no',
      reason: reason.slice(0, 140),
      back_ms: Math.round(backMs),
    },
    problems: [
      ...problems,
      ...onlyAnswers(sender, ['202', '503']),
      ...(reason.includes('storage_full')
        ? []
        : [`the refusal does not say storage_full: ${reason || 'nothing was refused'}`]),
      ...(reads.status === 200 && incidents.status === 200
        ? []
        : [`reading answered ${reads.status} and ${incidents.status}`]),
      ...atMost('ms until webhooks were taken again', backMs, BACK_WITHIN_MS),
    ],
  };
}

/** Files have all their space on real disks; here some are copied with holes, and MariaDB aborts when it cannot fill one. */
async function fillHoles(dataDir: string): Promise<void> {
  for (const entry of await readdir(dataDir, { recursive: true })) {
    const file = join(dataDir, entry);
    const facts = await stat(file).catch(() => null);
    if (facts?.isFile() && facts.size > 0) await systemCommand('fallocate', '-l', String(facts.size), file);
  }
}

/** What a webhook that is sent now is refused with; empty when it is taken. */
async function refusalOf(stand: Stand): Promise<string> {
  const style = { prefix: 'probe', startsAt: Date.now(), services: 1, padding: 3_000 };
  const response = await fetch(stand.webhookUrls[0] ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${stand.cluster.token}` },
    body: webhookText(style, { from: 0, count: 20, status: 'firing' }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  return response.status === 202 ? '' : text;
}
