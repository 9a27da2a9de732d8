import { pollUntil } from '@alertagent/local-stack';
import { rulePublished } from '@alertagent/contracts';
import { DURABLE, EventStage, published, STREAM } from './event-stage';

let stage: EventStage;
let held: Held;
beforeEach(async () => {
  held = new Held();
  stage = await EventStage.open();
});
afterEach(async () => {
  held.isOver = true;
  held.letGo();
  await stage.close();
});

/** A handler that holds what it is given until the test lets it go, or is over. */
class Held {
  isOver = false;
  readonly names: string[] = [];
  private readonly releases: (() => void)[] = [];

  readonly handle = async ({ name }: { name: string }): Promise<void> => {
    this.names.push(name);
    if (!this.isOver) await new Promise<void>((resolve) => this.releases.push(resolve));
  };

  letGo(): void {
    for (const release of this.releases.splice(0)) release();
  }
}

const publishAll = async (names: string[]): Promise<void> => {
  for (const name of names) await stage.rules.publish(rulePublished, published(name));
};

const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `rule ${index + 1}`);

describe('events that a handler takes together', () => {
  it('are in its hands at once, as many as it wants and no more, and each is acknowledged by itself', async () => {
    const { names, handle } = held;
    const stand = await stage.config(handle, { together: 3 });
    await publishAll(numbered(5));
    await pollUntil(() => names.length === 3, { what: 'three in hand' });
    const info = await stage.manager.consumers.info(STREAM, DURABLE);
    expect([info.num_ack_pending, info.num_pending]).toEqual([3, 2]);
    await pollUntil(() => (held.letGo(), stand.outcomes.length === 5), { what: 'all five' });
    expect(names).toEqual(numbered(5));
    await pollUntil(async () => (await stage.manager.consumers.info(STREAM, DURABLE)).num_ack_pending === 0, {
      what: 'their end',
    });
  });

  it('fail one by one: the others are handled once, and the failed one comes again', async () => {
    const seen: string[] = [];
    const stand = await stage.config(
      async ({ name }, { deliveries }) => {
        seen.push(name);
        if (name === 'rule 2' && deliveries === 1) throw new Error('not yet');
      },
      { together: 10 },
    );
    await publishAll(numbered(4));
    await pollUntil(() => stand.outcomes.filter((outcome) => outcome === 'handled').length === 4, { what: 'all four' });
    expect(seen.toSorted()).toEqual(['rule 1', 'rule 2', 'rule 2', 'rule 3', 'rule 4']);
  });

  it('come one by one while one of them may have killed the process before, so that no other is counted for it', async () => {
    await stage.deliverAndDie(1);
    const { names, handle } = held;
    const stand = await stage.config(handle, { together: 10 });
    await publishAll(['innocent', 'another']);
    await pollUntil(() => names.length === 1, { what: 'the first' });
    const info = await stage.manager.consumers.info(STREAM, DURABLE);
    expect([names, info.num_ack_pending, info.num_pending]).toEqual([['deadly'], 1, 2]);
    await pollUntil(() => (held.letGo(), stand.outcomes.length === 3), { what: 'all three' });
  });

  it('are all finished when the service closes, and no other is taken', async () => {
    const { names, handle } = held;
    const stand = await stage.config(handle, { together: 2 });
    await publishAll(numbered(3));
    await pollUntil(() => names.length === 2, { what: 'two in hand' });
    let isClosed = false;
    const closed = stand.strategy.close().then(() => (isClosed = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    held.letGo();
    await closed;
    expect([stand.outcomes, names]).toEqual([['handled', 'handled'], numbered(2)]);
  });
});
