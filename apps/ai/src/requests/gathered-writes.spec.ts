import { ServiceError } from '@alertagent/contracts';
import { currentContext, newContext, runInContext } from '@alertagent/service-kit';
import { GatheredWrites } from './gathered-writes';

describe('gathered writes', () => {
  let written: number[][];
  let fail: (items: readonly number[]) => Error | null;
  let finish: (() => void)[];
  let isHeld: boolean;
  let writes: GatheredWrites<number, string>;

  beforeEach(() => {
    written = [];
    fail = () => null;
    finish = [];
    isHeld = false;
    writes = new GatheredWrites(async (items) => {
      written.push([...items]);
      if (isHeld) await new Promise<void>((resolve) => finish.push(resolve));
      const error = fail(items);
      if (error) throw error;
      return items.map((item) => `${item} is written`);
    });
  });

  it('wait for no company, and go together when they come while one is under way', async () => {
    isHeld = true;
    const all = [1, 2, 3].map((item) => writes.submit(item));
    expect(written).toEqual([[1]]);
    isHeld = false;
    finish[0]!();
    await expect(Promise.all(all)).resolves.toEqual(['1 is written', '2 is written', '3 is written']);
    expect(written).toEqual([[1], [2, 3]]);
  });

  it('are done alone when they fail together, so that one takes no other with it', async () => {
    isHeld = true;
    const all = [1, 2, 3, 4].map((item) => writes.submit(item));
    isHeld = false;
    fail = (items) => (items.includes(3) ? new Error('three is too large') : null);
    finish[0]!();
    await expect(Promise.allSettled(all)).resolves.toEqual([
      { status: 'fulfilled', value: '1 is written' },
      { status: 'fulfilled', value: '2 is written' },
      { status: 'rejected', reason: new Error('three is too large') },
      { status: 'fulfilled', value: '4 is written' },
    ]);
    expect(written).toEqual([[1], [2, 3, 4], [2], [3], [4]]);
    await expect(writes.submit(5)).resolves.toBe('5 is written');
  });

  it('are not tried one by one while the database is away', async () => {
    fail = () => new ServiceError('unavailable', 'the database is away');
    isHeld = true;
    const all = [1, 2, 3].map((item) => writes.submit(item));
    isHeld = false;
    finish[0]!();
    const settled = await Promise.allSettled(all);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(written).toEqual([[1], [2, 3]]);
  });

  it('bear the name of nobody who asked for one of them', async () => {
    let seen: unknown = 'nothing';
    const plain = new GatheredWrites<number, null>((items) => {
      seen = currentContext();
      return Promise.resolve(items.map(() => null));
    });
    await runInContext(newContext({ correlationId: 'first' }), () => plain.submit(1));
    expect(seen).toBeUndefined();
  });
});
