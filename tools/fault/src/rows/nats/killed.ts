import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CrashDisk } from '../../injectors/power-cut';
import { checkInvariants } from '../../invariants';
import { atMost, onlyAnswers } from '../../measure';
import { publishedEvents } from '../../published-events';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { senderTo } from '../../sender-to';
import { msUntilDrained } from './drained';
import type { Sender } from '../../sender';
import { countOf } from '../../stored-alerts';
import type { Stand } from '../../stand';

const DRAINED_MS = 60_000;

/** NATS is killed under load. */
export const natsKilled: FaultRow = {
  id: 'F30',
  title: 'NATS: kill -9 under load',
  bar: 'webhooks 2xx all the time; every event in its stream exactly once, drained within 10 s; back within 2 s; 0/0/0',
  run: async (context) => {
    const { kills = 5 } = context.options;
    const stand = await context.stand();
    const sender = senderTo(stand, context, 'natskill');
    const [backMs, drains]: [number[], number[]] = [[], []];
    for (let kill = 0; kill < kills; kill += 1) {
      const load = sender.sendByClock(40, 3);
      await delay(context.random.between(300, 1_500));
      stand.nats.kill('SIGKILL');
      await stand.nats.exited;
      await delay(300);
      const began = performance.now();
      await stand.nats.restart();
      backMs.push(Math.round(performance.now() - began));
      await load;
      drains.push(await msUntilDrained(stand, DRAINED_MS));
    }
    return finish(stand, sender, { kills, back_max_ms: Math.max(...backMs), drained_max_ms: Math.max(...drains) }, [
      ...atMost('ms until NATS was back', Math.max(...backMs), 2_000),
      ...atMost('ms until drained', Math.max(...drains), 10_000),
    ]);
  },
};

/** The machine with NATS loses its power, and with it events that NATS had acknowledged. */
export const natsPowerCut: FaultRow = {
  id: 'F31',
  title: 'NATS: power cut (crash image of a loop disk); it syncs every two minutes only',
  bar: 'streams made again, every event published again: 0 lost; drained within 60 s; 0/0/0',
  sabotages: { 'no-redrive': 'events that NATS forgot are not published again' },
  run: powerCut,
};

async function powerCut(context: RowContext): Promise<RowResult> {
  const { cuts = 2 } = context.options;
  const disk = await CrashDisk.create();
  context.later(() => disk.close());
  const dataDir = join(disk.mountPoint, 'nats');
  const stand = await context.stand({ servers: { nats: { dataDir } } });
  const sender = senderTo(stand, context, 'natscut');
  const drains: number[] = [];
  let forgotten = 0;
  for (let cut = 0; cut < cuts; cut += 1) {
    const load = sender.sendByClock(40, 3);
    await delay(context.random.between(800, 2_500));
    await disk.cut([stand.nats.pid]);
    // Even the folder may be gone.
    await mkdir(dataDir, { recursive: true });
    await stand.nats.restart();
    forgotten += await forgottenIn(stand);
    await load;
    drains.push(await msUntilDrained(stand, 2 * DRAINED_MS));
  }
  return finish(stand, sender, { cuts, forgotten_by_nats: forgotten, drained_max_ms: Math.max(...drains) }, [
    ...atMost('ms until drained', Math.max(...drains), DRAINED_MS),
  ]);
}

/** Somebody deletes the files of JetStream while NATS is stopped. */
export const natsStoreDeleted: FaultRow = {
  id: 'F32',
  title: 'NATS: store directory deleted while stopped',
  bar: 'streams made again, every event published again: 0 lost; drained within 60 s; 0/0/0',
  run: async (context) => {
    const dataDir = join(context.directory, 'nats');
    const stand = await context.stand({ servers: { nats: { dataDir } } });
    const sender = senderTo(stand, context, 'natsgone');
    await sender.send(1_000);
    await msUntilDrained(stand, DRAINED_MS);
    stand.nats.kill('SIGTERM');
    await stand.nats.exited;
    await rm(join(dataDir, 'jetstream'), { recursive: true, force: true });
    const load = sender.send(500);
    await stand.nats.restart();
    await load;
    const drainedMs = await msUntilDrained(stand, 2 * DRAINED_MS);
    return finish(stand, sender, { drained_ms: drainedMs }, atMost('ms until drained', drainedMs, DRAINED_MS));
  },
};

/** Events that NATS had acknowledged and does not know any more. */
async function forgottenIn(stand: Stand): Promise<number> {
  const acknowledged = 'SELECT COUNT(*) FROM gateway_outbox WHERE published_at IS NOT NULL';
  const { missing } = await publishedEvents(stand).catch(async () => ({
    // The stream itself is gone.
    missing: await countOf(stand.database, acknowledged),
  }));
  return missing;
}

async function finish(
  stand: Stand,
  sender: Sender,
  more: RowResult['figures'],
  missed: readonly string[],
): Promise<RowResult> {
  const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
  const { inStream, repeated, missing } = await publishedEvents(stand);
  return {
    figures: { ...figures, ...more, events: inStream, repeated, missing },
    problems: [
      ...problems,
      ...missed,
      ...onlyAnswers(sender, ['202']),
      ...(missing > 0 ? [`${missing} events are in no stream`] : []),
      ...(repeated > 0 ? [`${repeated} events are in the stream more than once`] : []),
    ],
  };
}
