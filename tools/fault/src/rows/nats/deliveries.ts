import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { decisionMade } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { checkInvariants } from '../../invariants';
import { adminConnection, asAdmin, atMost } from '../../measure';
import { settled } from '../../quiescence';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { senderTo } from '../../sender-to';
import type { Stand } from '../../stand';
import { AI_STREAM, anIncident, JetStreamDoor, timesTold } from './jetstream';

const DECISION_CONSUMER = 'gateway-ai-decision-made';
const WINDOW_MS = 2_000;
const PARKED_MS = 30_000;
const FLOWS_MS = 1_000;

/** The same event comes again after NATS has forgotten that it knows it. */
export const natsLateDuplicate: FaultRow = {
  id: 'F36',
  title: 'NATS: duplicate after the deduplication window',
  bar: 'stored twice by NATS, taken in once',
  sabotages: { 'no-inbox': 'it takes effect twice' },
  run: async (context) => {
    const { stand, door, incident } = await prepared(context);
    await door.change(AI_STREAM, { duplicate_window: WINDOW_MS * 1e6 });
    const id = randomUUID();
    const first = await door.announceDecision(incident, id);
    await pollUntil(async () => (await timesTold(stand, incident, 'decision')) === 1, { what: 'the first to be told' });
    await delay(WINDOW_MS + 1_500);
    const second = await door.announceDecision(incident, id);
    // Events of one consumer come in order: once this one is told, the repeat has been dealt with.
    await door.announceDecision(incident);
    await pollUntil(async () => (await timesTold(stand, incident, 'decision')) >= 2, { what: 'the next to be told' });
    const told = (await timesTold(stand, incident, 'decision')) - 1;
    const { figures, problems } = await checkInvariants(stand);
    return {
      figures: { ...figures, stored_by_nats: second.duplicate || first.seq === second.seq ? 1 : 2, effects: told },
      problems: [
        ...problems,
        ...(second.duplicate ? ['NATS still knew it: the fault did not bite'] : []),
        ...(told === 1 ? [] : [`it took effect ${told} times`]),
      ],
    };
  },
};

/** Events that no attempt can handle. */
export const natsPoison: FaultRow = {
  id: 'F37',
  title: 'NATS: poison messages, one that is no event and one whose handler throws',
  bar: 'parked within 30 s, others wait no longer than 1 s, replay works after the cause is mended',
  run: poison,
};

async function poison(context: RowContext): Promise<RowResult> {
  const { stand, door, incident } = await prepared(context);
  await asAdmin(stand, 'RENAME TABLE incident_escalations TO incident_escalations_away');
  const began = performance.now();
  await door.announce(decisionMade, incident, 'this is { no event', randomUUID());
  const escalation = randomUUID();
  await door.announceEscalation(incident, escalation);
  const waits: number[] = [];
  while (performance.now() - began < 5_000) waits.push(await msUntilTold(stand, door, incident));
  const parked = await parkedEvents(stand, 2);
  const parkedMs = Math.round(performance.now() - began);
  await asAdmin(stand, 'RENAME TABLE incident_escalations_away TO incident_escalations');
  const replayed = parked.find(({ handler }) => handler.endsWith('escalation-raised'));
  const replay = await stand.call('POST', `/parked-events/gateway/${replayed?.id}/replay`);
  const effects = await timesTold(stand, incident, 'escalation');
  const { figures, problems } = await checkInvariants(stand, { expectedTrouble: [/./] });
  return {
    figures: {
      ...figures,
      parked: parked.length,
      parked_ms: parkedMs,
      others_waited_max_ms: Math.max(...waits),
      effects,
    },
    problems: [
      ...problems,
      ...atMost('ms until parked', parkedMs, PARKED_MS),
      ...atMost('ms that other events waited', Math.max(...waits), FLOWS_MS),
      ...(parked.length === 2 ? [] : [`${parked.length} events are parked, not 2`]),
      ...(replay.status === 200 && effects === 1 ? [] : [`replay answered ${replay.status}, effects: ${effects}`]),
    ],
  };
}

/** A consumer is frozen in the middle of an event for longer than NATS waits for its acknowledgement. */
export const natsFrozenConsumer: FaultRow = {
  id: 'F38',
  title:
    'NATS: consumer frozen in the middle of an event for longer than ack_wait (30 s); another instance gets it too',
  bar:
    'taken in once. There is no lease with a fencing token here: the inbox row and the work are one transaction, so the second ' +
    'instance either waits for the first or finds the row',
  run: frozenConsumer,
};

async function frozenConsumer(context: RowContext): Promise<RowResult> {
  const { stand, door, incident } = await prepared(context);
  const lock = await adminConnection(stand);
  await lock.query('BEGIN');
  await lock.query('SELECT id FROM incidents WHERE id = ? FOR UPDATE', [incident]);
  await door.announceDecision(incident);
  await pollUntil(
    async () => {
      const rows = await stand.database.query(
        "SELECT id FROM information_schema.processlist WHERE info LIKE 'UPDATE %incidents%'",
      );
      return rows.length > 0;
    },
    { what: 'the handler to be in the middle of it' },
  );
  stand.gateway.kill('SIGSTOP');
  await lock.query('ROLLBACK');
  lock.destroy();
  const second = await stand.addGateway();
  await second.whenReady();
  const began = performance.now();
  const again = await pollUntil(
    async () => (await door.manager.consumers.info(AI_STREAM, DECISION_CONSUMER)).num_redelivered,
    { what: 'the event to be delivered again', timeoutMs: 45_000, intervalMs: 200 },
  );
  const frozenMs = Math.round(performance.now() - began);
  // Time for the second instance to do something wrong with it.
  await delay(1_000);
  stand.gateway.kill('SIGCONT');
  await pollUntil(async () => (await timesTold(stand, incident, 'decision')) >= 1, {
    what: 'the decision to be told',
    timeoutMs: 30_000,
  });
  await pollUntil(
    async () => {
      const { num_ack_pending, num_pending } = await door.manager.consumers.info(AI_STREAM, DECISION_CONSUMER);
      return num_ack_pending + num_pending === 0;
    },
    { what: 'the event to be acknowledged', timeoutMs: 40_000 },
  );
  const effects = await timesTold(stand, incident, 'decision');
  const { figures, problems } = await checkInvariants(stand);
  return {
    figures: { ...figures, frozen_ms: frozenMs, effects, redelivered: again },
    problems: [...problems, ...(effects === 1 ? [] : [`it took effect ${effects} times`])],
  };
}

/** A stand with an incident, and the stream of the ai service. */
async function prepared(context: RowContext): Promise<{ stand: Stand; door: JetStreamDoor; incident: string }> {
  const stand = await context.stand();
  const door = await JetStreamDoor.open(stand, context);
  await door.createAiStream();
  const sender = senderTo(stand, context, 'incident');
  await sender.send(20);
  await sender.close();
  await settled(stand.database);
  const incident = await anIncident(stand);
  // The gateway looks for a stream that did not exist from time to time only.
  await msUntilTold(stand, door, incident);
  await stand.database.query('DELETE FROM incident_timeline WHERE incident_id = ?', [incident]);
  return { stand, door, incident };
}

/** Announces a decision and waits until the incident tells of it. */
async function msUntilTold(stand: Stand, door: JetStreamDoor, incident: string): Promise<number> {
  const before = await timesTold(stand, incident, 'decision');
  const began = performance.now();
  await door.announceDecision(incident);
  await pollUntil(async () => (await timesTold(stand, incident, 'decision')) > before, {
    what: 'a decision to be told',
    intervalMs: 10,
  });
  return Math.round(performance.now() - began);
}

/** The parked events of the gateway, once there are as many; those that there are after the patience. */
async function parkedEvents(stand: Stand, wanted: number): Promise<{ id: string; handler: string }[]> {
  const look = async (): Promise<{ id: string; handler: string }[]> =>
    (await stand.call<{ items: { id: string; handler: string }[] }>('GET', '/parked-events?service=gateway')).body
      .items;
  return pollUntil(
    async () => {
      const items = await look();
      return items.length >= wanted ? items : null;
    },
    { what: 'the events to be parked', timeoutMs: 2 * PARKED_MS, intervalMs: 100 },
  ).catch(look);
}
