import { Slots } from './slots';

describe('slots', () => {
  it('let no more than their number run at once, and all in the end, failures included', async () => {
    const slots = new Slots(2);
    const finish: (() => void)[] = [];
    let running = 0;
    const work = async (): Promise<number> => {
      running += 1;
      await new Promise<void>((resolve) => finish.push(resolve));
      running -= 1;
      if (finish.length === 1) throw new Error('failed');
      return running;
    };
    const all = Promise.allSettled([1, 2, 3, 4, 5].map(() => slots.run(work)));
    for (let ended = 0; ended < 5; ended += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      expect(running).toBeLessThanOrEqual(2);
      finish[ended]?.();
    }
    expect(await all).toHaveLength(5);
    expect(finish).toHaveLength(5);
    expect(await slots.run(() => Promise.resolve('free again'))).toBe('free again');
  });
});
