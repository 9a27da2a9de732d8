import { setTimeout as delay } from 'node:timers/promises';
import { DiscardPolicy, RetentionPolicy, StorageType } from 'nats';
import { pollUntil } from '@alertagent/local-stack';
import { SmallDisk } from '../../injectors/full-disk';
import { checkInvariants } from '../../invariants';
import { metricOf, onlyAnswers } from '../../measure';
import { publishedEvents } from '../../published-events';
import { waitingIn } from '../../quiescence';
import type { FaultRow, RowContext, RowResult } from '../../row';
import type { Sender } from '../../sender';
import { senderTo } from '../../sender-to';
import type { Stand } from '../../stand';
import { msUntilDrained } from './drained';
import { GATEWAY_STREAM, JetStreamDoor, subjectsOf } from './jetstream';
import { join } from 'node:path';

const DRAINED_MS = 60_000;
const REPAIRED_MS = 20_000;

/** The gateway's stream takes no more. */
export const natsStreamFull: FaultRow = {
  id: 'F33',
  title: 'NATS: stream full (discard=new)',
  bar: 'webhooks 2xx; what the stream refuses waits in the outbox and shows as a metric; 0 lost; 0/0/0',
  run: async (context) => {
    const stand = await context.stand();
    const door = await JetStreamDoor.open(stand, context);
    await pollUntil(() => door.change(GATEWAY_STREAM, { max_msgs: 100 }).then(() => true), { what: 'the stream' });
    const sender = senderTo(stand, context, 'streamfull', { style: { services: 200 } });
    await sender.send(1_500);
    const shown = await pollUntil(() => metricOf(stand.gateway, 'outbox_waiting_rows'), {
      what: 'waiting rows to show',
    });
    const { outbox } = await waitingIn(stand.database);
    const { state } = await door.manager.streams.info(GATEWAY_STREAM);
    await door.change(GATEWAY_STREAM, { max_msgs: -1 });
    return finish(stand, sender, { in_full_stream: state.messages, waiting: outbox, metric_waiting: shown }, [
      ...(outbox > 0 ? [] : ['nothing waited: the fault did not bite']),
    ]);
  },
};

/** Somebody has set the stream up so that it silently forgets old events. */
export const natsDiscardsOld: FaultRow = {
  id: 'F34',
  title: 'NATS: stream misconfigured with discard=old, before the start and while running',
  bar: 'never published into: put right by its owner at the start, and within 20 s while running; said in the log; 0 lost',
  sabotages: { 'discard-old': 'the stream goes on forgetting' },
  run: discardsOld,
};

async function discardsOld(context: RowContext): Promise<RowResult> {
  const stand = await context.stand({
    beforeServices: async (prepared) => {
      const door = await JetStreamDoor.open(prepared, context);
      await door.manager.streams.add({
        name: GATEWAY_STREAM,
        subjects: subjectsOf(GATEWAY_STREAM),
        retention: RetentionPolicy.Limits,
        storage: StorageType.File,
        discard: DiscardPolicy.Old,
        max_msgs: 50,
      });
    },
  });
  const door = await JetStreamDoor.open(stand, context);
  const sender = senderTo(stand, context, 'discard', { style: { services: 200 } });
  await sender.send(600);
  const isRepaired = async (): Promise<boolean> =>
    (await door.manager.streams.info(GATEWAY_STREAM)).config.discard === DiscardPolicy.New;
  await pollUntil(isRepaired, { what: 'the stream to be put right at the start', timeoutMs: REPAIRED_MS });
  await door.change(GATEWAY_STREAM, { max_msgs: -1 });
  const drainedMs = await msUntilDrained(stand, DRAINED_MS);
  const began = performance.now();
  await door.change(GATEWAY_STREAM, { discard: DiscardPolicy.Old });
  await pollUntil(isRepaired, { what: 'the stream to be put right while running', timeoutMs: REPAIRED_MS });
  const repairedMs = Math.round(performance.now() - began);
  const said = stand.gateway.log().includes('could have lost events');
  return finish(stand, sender, { drained_ms: drainedMs, repaired_while_running_ms: repairedMs }, [
    ...(said ? [] : ['the log says nothing']),
  ]);
}

/** Another program fills the store that all streams share. */
export const natsStoreFull: FaultRow = {
  id: 'F35',
  title: 'NATS: file store filled up by the stream of somebody else',
  bar: 'webhooks 2xx; what the store refuses waits in the outbox; drained within 60 s of space; 0 lost; 0/0/0',
  run: storeFull,
};

async function storeFull(context: RowContext): Promise<RowResult> {
  const disk = await SmallDisk.create({ sizeMb: 1_024 });
  context.later(() => disk.close());
  const stand = await context.stand({ servers: { nats: { dataDir: join(disk.mountPoint, 'nats') } } });
  const door = await JetStreamDoor.open(stand, context);
  await pollUntil(() => door.manager.streams.info(GATEWAY_STREAM), { what: 'the stream of the gateway' });
  const sender = senderTo(stand, context, 'storefull', { style: { services: 200 } });
  await sender.send(200);
  await door.manager.streams.add({ name: 'BIG', subjects: ['big'] });
  const filled = await fillUp(door);
  await sender.send(800);
  await delay(1_000);
  const { outbox } = await waitingIn(stand.database);
  await door.manager.streams.delete('BIG');
  return finish(stand, sender, { filled_mb: filled, waiting_while_full: outbox }, []);
}

/** Publishes until the store takes no more; resolves to the megabytes. */
async function fillUp({ connection }: JetStreamDoor): Promise<number> {
  const message = new Uint8Array(1_000_000);
  const stream = connection.jetstream();
  for (let filled = 0; filled < 2_000; filled += 8) {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => stream.publish('big', message)));
    if (outcomes.every(({ status }) => status === 'rejected')) return filled;
  }
  throw new Error('the store was never full');
}

async function finish(
  stand: Stand,
  sender: Sender,
  more: RowResult['figures'],
  missed: readonly string[],
): Promise<RowResult> {
  const drainedMs = await msUntilDrained(stand, DRAINED_MS);
  const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
  const { inStream, missing } = await publishedEvents(stand);
  return {
    figures: { ...figures, drained_ms: drainedMs, ...more, events: inStream, missing },
    problems: [
      ...problems,
      ...missed,
      ...onlyAnswers(sender, ['202']),
      ...(missing > 0 ? [`${missing} events are in no stream`] : []),
    ],
  };
}
