import { pollUntil } from '@alertagent/local-stack';
import { rulePublished, ServiceError } from '@alertagent/contracts';
import { DURABLE, EventStage, published, STREAM } from './event-stage';

let stage: EventStage;
beforeEach(async () => {
  stage = await EventStage.open();
});
afterEach(() => stage.close());

describe('an event that cannot be handled', () => {
  it('is parked with reason, payload and headers after its last attempt, and the next one flows', async () => {
    const stand = await stage.config(async ({ name }) => {
      if (name === 'poison') throw new Error('cannot digest it');
    });
    const id = await stage.rules.publish(rulePublished, published('poison'));
    await stage.rules.publish(rulePublished, published('fine'));
    await pollUntil(() => stand.parked.length > 0 && stand.outcomes.includes('handled'), { what: 'both outcomes' });
    expect(stand.parked).toEqual([
      expect.objectContaining({ messageId: id, handler: DURABLE, reason: 'cannot digest it', deliveries: 4 }),
    ]);
    expect(JSON.parse(stand.parked[0]?.payload ?? '')).toEqual(published('poison'));
    await pollUntil(async () => (await stage.manager.consumers.info(STREAM, DURABLE)).num_ack_pending === 0, {
      what: 'its end',
    });
  });

  it.each([
    ['no JSON', 'not json'],
    ['another shape', '{"rule_id":5}'],
    ['no object', '[]'],
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0x00])],
  ])('is parked at once, without reaching the handler, when its payload is %s', async (_what, data) => {
    let calls = 0;
    const stand = await stage.config(async () => void (calls += 1));
    await stage.raw.jetstream().publish(`${rulePublished.subject}.c1`, data);
    await stage.rules.publish(rulePublished, published('fine'));
    await pollUntil(() => stand.outcomes.length === 2, { what: 'both outcomes' });
    expect([stand.outcomes, stand.parked[0]?.deliveries, calls]).toEqual([['parked', 'handled'], 1, 1]);
  });

  it('is parked at once when the handler says that repeating cannot help', async () => {
    const stand = await stage.config(() => Promise.reject(new ServiceError('conflict', 'already gone')));
    await stage.rules.publish(rulePublished, published('a'));
    await pollUntil(() => stand.parked.length === 1, { what: 'the parked event' });
    expect(stand.parked[0]).toMatchObject({ reason: 'already gone', deliveries: 1 });
  });

  it.each(['unavailable', 'deadline'] as const)('is never parked for what is away: %s', async (code) => {
    const stand = await stage.config(async (_event, { deliveries }) => {
      if (deliveries < 12) throw new ServiceError(code, 'away');
    });
    await stage.rules.publish(rulePublished, published('patient'));
    await pollUntil(() => stand.outcomes.includes('handled'), { what: 'the event after the outage' });
    expect(stand.parked).toEqual([]);
  });

  it('is kept by NATS while it cannot be parked, and is tried again before it is given up', async () => {
    let away = true;
    const stand = await stage.config(
      async () => {
        if (away) throw new Error('the database is away');
      },
      { park: () => Promise.reject(new Error('the database is away')) },
    );
    await stage.rules.publish(rulePublished, published('a'));
    const failed = (): number => stand.troubles.filter((trouble) => trouble === 'event could not be parked').length;
    await pollUntil(() => failed() >= 3, { what: 'attempts to park' });
    away = false;
    await pollUntil(() => stand.outcomes.includes('handled'), { what: 'the event once the database is back' });
    expect(stand.parked).toEqual([]);
  });

  it('is parked without another attempt when it was delivered too often to processes that died of it', async () => {
    await stage.deliverAndDie(4);
    const seen: string[] = [];
    const stand = await stage.config(async ({ name }) => void seen.push(name));
    await stage.rules.publish(rulePublished, published('innocent'));
    await pollUntil(() => stand.parked.length === 1 && seen.length === 1, { what: 'the end of the deadly event' });
    expect(seen).toEqual(['innocent']);
    expect(stand.parked[0]).toMatchObject({ reason: 'delivered too often without an outcome', deliveries: 5 });
  });

  it('is not taken from the stream before its turn, so that it is not counted against it when the one before kills the process', async () => {
    let release = (): void => undefined;
    const stand = await stage.config(() => new Promise<void>((resolve) => (release = resolve)));
    for (const name of ['slow', 'second', 'third']) await stage.rules.publish(rulePublished, published(name));
    const info = await pollUntil(
      async () => {
        const consumer = await stage.manager.consumers.info(STREAM, DURABLE);
        return consumer.delivered.stream_seq >= 1 ? consumer : null;
      },
      { what: 'the first delivery' },
    );
    expect([info.num_ack_pending, info.num_pending]).toEqual([1, 2]);
    await pollUntil(() => (release(), stand.outcomes.length === 3), { what: 'all three' });
  });
});
