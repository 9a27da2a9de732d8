import { ServiceError } from '@alertagent/contracts';
import { GroupCommit, type GroupCommitLimits } from './group-commit';

const limits: GroupCommitLimits = {
  maxBatch: 4,
  maxBatchBytes: 100,
  maxQueue: 16,
  maxQueueBytes: 1_000,
  maxWaitMs: 60_000,
  timeoutMs: 60_000,
};

/** A store whose writes end when the test says so. */
class SlowStore {
  readonly batches: string[][] = [];
  readonly stored: string[] = [];
  private release: (() => void)[] = [];
  refuse: (items: string[]) => Error | null = () => null;

  write = async (items: string[]): Promise<void> => {
    this.batches.push(items);
    await new Promise<void>((resolve) => this.release.push(resolve));
    const error = this.refuse(items);
    if (error) throw error;
    this.stored.push(...items);
  };

  async finishOne(): Promise<void> {
    while (this.release.length === 0) await new Promise(setImmediate);
    this.release.shift()!();
    await new Promise(setImmediate);
  }
}

const outcome = (promise: Promise<void>): Promise<string> =>
  promise.then(
    () => 'stored',
    (error: Error) => (error instanceof ServiceError ? error.code : error.message),
  );

describe('the group commit', () => {
  let store: SlowStore;
  const start = (changes: Partial<GroupCommitLimits> = {}): GroupCommit<string> =>
    new GroupCommit({ ...limits, ...changes }, store.write);
  beforeEach(() => {
    store = new SlowStore();
  });

  it('gathers what arrives during a write and writes it together', async () => {
    const commits = start();
    const first = commits.submit('a', 1);
    await new Promise(setImmediate);
    const rest = ['b', 'c', 'd', 'e', 'f'].map((item) => commits.submit(item, 1));
    await store.finishOne();
    await first;
    await store.finishOne();
    await store.finishOne();
    await Promise.all(rest);
    expect(store.batches).toEqual([['a'], ['b', 'c', 'd', 'e'], ['f']]);
    expect(commits.depth).toBe(0);
  });

  it('answers nobody before the write has ended', async () => {
    const commits = start();
    let isAnswered = false;
    const submitted = commits.submit('a', 1).then(() => (isAnswered = true));
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(isAnswered).toBe(false);
    await store.finishOne();
    await submitted;
  });

  it('keeps a batch below the byte limit, and lets a larger item go alone', async () => {
    const commits = start();
    const all = [commits.submit('a', 60), commits.submit('b', 60), commits.submit('c', 500)];
    for (const one of all) {
      await store.finishOne();
      await one;
    }
    expect(store.batches).toEqual([['a'], ['b'], ['c']]);
  });

  it('stores the neighbours of an item that the store refuses', async () => {
    store.refuse = (items) => (items.includes('bad') ? new Error('refused') : null);
    const commits = start();
    const outcomes = Promise.all(['a', 'bad', 'c'].map((item) => outcome(commits.submit(item, 1))));
    for (let writes = 0; writes < 4; writes++) await store.finishOne();
    expect(await outcomes).toEqual(['stored', 'refused', 'stored']);
  });

  it('does not try item by item when the store is away', async () => {
    store.refuse = () => new ServiceError('unavailable', 'away');
    const commits = start();
    const outcomes = Promise.all(['a', 'b'].map((item) => outcome(commits.submit(item, 1))));
    await store.finishOne();
    expect(await outcomes).toEqual(['unavailable', 'unavailable']);
    expect(store.batches).toHaveLength(1);
  });

  it('refuses what would make the queue too long, in items or in bytes', async () => {
    const commits = start({ maxQueue: 2, maxQueueBytes: 100 });
    const first = commits.submit('a', 10, 'A');
    expect(await outcome(commits.submit('too many bytes', 95, 'B'))).toBe('unavailable');
    const second = commits.submit('b', 10, 'B');
    expect(await outcome(commits.submit('too many', 1, 'C'))).toBe('unavailable');
    await store.finishOne();
    await Promise.all([first, second]);
  });

  it('lets one sender fill half of the queue, and always has room for another', async () => {
    const commits = start({ maxQueue: 8 });
    const flood = Array.from({ length: 8 }, (_, index) => outcome(commits.submit(`a${index}`, 1, 'A')));
    expect(commits.depth).toBe(4);
    expect(await Promise.all(flood.slice(4))).toEqual(Array(4).fill('unavailable'));
    const others = ['B', 'C', 'D', 'E'].map((sender) => commits.submit(sender, 1, sender));
    expect(await outcome(commits.submit('full', 1, 'F'))).toBe('unavailable');
    for (let writes = 0; writes < 2; writes++) await store.finishOne();
    await Promise.all([...others, ...flood]);
  });

  it('does the same by bytes', async () => {
    const commits = start({ maxQueueBytes: 100 });
    const first = commits.submit('a1', 40, 'A');
    expect(await outcome(commits.submit('a2', 30, 'A'))).toBe('unavailable');
    const other = commits.submit('b', 60, 'B');
    await store.finishOne();
    await Promise.all([first, other]);
  });

  it('takes one item of each sender in turn, so that nobody waits behind a storm', async () => {
    const commits = start({ maxBatch: 3, maxQueue: 100 });
    const first = commits.submit('a0', 1, 'A');
    await new Promise(setImmediate);
    const rest = [
      ...['a1', 'a2', 'a3', 'a4'].map((item) => commits.submit(item, 1, 'A')),
      ...['b1', 'b2'].map((item) => commits.submit(item, 1, 'B')),
      commits.submit('c1', 1, 'C'),
    ];
    for (let writes = 0; writes < 4; writes++) await store.finishOne();
    await Promise.all([first, ...rest]);
    expect(store.batches).toEqual([['a0'], ['a1', 'b1', 'c1'], ['a2', 'b2', 'a3'], ['a4']]);
  });

  it('closes the line of a sender whose first has waited too long, and only that one', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    const commits = start({ maxBatch: 1, maxWaitMs: 1_000 });
    const first = outcome(commits.submit('a0', 1, 'A'));
    await new Promise(setImmediate);
    const second = outcome(commits.submit('a1', 1, 'A'));
    jest.advanceTimersByTime(1_000);
    const inTime = outcome(commits.submit('a2', 1, 'A'));
    jest.advanceTimersByTime(1);
    expect(commits.refusalOf(1, 'A')?.code).toBe('unavailable');
    expect(await outcome(commits.submit('a3', 1, 'A'))).toBe('unavailable');
    expect(commits.refusalOf(1, 'B')).toBeNull();
    jest.useRealTimers();
    for (let writes = 0; writes < 3; writes++) await store.finishOne();
    expect(await Promise.all([first, second, inTime])).toEqual(['stored', 'stored', 'stored']);
    expect(commits.refusalOf(1, 'A')).toBeNull();
    expect(store.stored).toEqual(['a0', 'a1', 'a2']);
  });

  it('refuses what would wait too long by what the last commits took, before anything has waited that long', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    const commits = start({ maxBatch: 2, maxWaitMs: 1_000 });
    const first = outcome(commits.submit('a0', 1, 'A'));
    await new Promise(setImmediate);
    jest.advanceTimersByTime(400);
    await store.finishOne();
    const line = ['a1', 'a2', 'a3', 'a4'].map((item) => outcome(commits.submit(item, 1, 'A')));
    expect(commits.refusalOf(1, 'A')?.code).toBe('unavailable');
    expect(commits.refusalOf(1, 'B')).toBeNull();
    jest.useRealTimers();
    for (let writes = 0; writes < 2; writes++) await store.finishOne();
    expect(await Promise.all([first, ...line])).toEqual(Array(5).fill('stored'));
    expect(commits.refusalOf(1, 'A')).toBeNull();
  });

  it('takes a single item of any size when nothing waits', async () => {
    const commits = start({ maxQueueBytes: 100 });
    const whole = commits.submit('large', 5_000);
    await store.finishOne();
    await expect(whole).resolves.toBeUndefined();
  });

  it('does not write what its sender was already told to send again', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    const commits = start({ timeoutMs: 5_000 });
    const first = outcome(commits.submit('a', 1));
    await new Promise(setImmediate);
    const second = outcome(commits.submit('b', 1));
    jest.advanceTimersByTime(5_000);
    jest.useRealTimers();
    expect(await first).toBe('unavailable');
    expect(await second).toBe('unavailable');
    await store.finishOne();
    await commits.close();
    expect(store.batches).toEqual([['a']]);
  });

  it('settles everything it took in before it is closed, and takes nothing after', async () => {
    const commits = start();
    const taken = outcome(commits.submit('a', 1));
    const closing = commits.close();
    expect(await outcome(commits.submit('b', 1))).toBe('unavailable');
    await store.finishOne();
    await closing;
    expect(await taken).toBe('stored');
  });
});
