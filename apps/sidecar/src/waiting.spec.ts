import { Backoff } from './backoff';
import { Nudge } from './nudge';
import { Turn } from './turn';

describe('waiting', () => {
  it('grows with each failure up to the limit, is jittered to between half and all, and starts over', () => {
    const least = new Backoff(100, 1_000, () => 0);
    expect([1, 2, 3, 4, 5, 6].map(() => least.next())).toEqual([50, 100, 200, 400, 500, 500]);
    const most = new Backoff(100, 1_000, () => 1);
    expect(most.next()).toBe(100);
    most.next();
    most.reset();
    expect(most.next()).toBe(100);
  });

  it('ends by a poke, also by one that came before, and by a stop', async () => {
    const nudge = new Nudge();
    const stop = new AbortController();
    const waiting = nudge.wait(null, stop.signal);
    nudge.poke();
    await waiting;
    nudge.poke();
    await nudge.wait(null, stop.signal);
    stop.abort();
    await nudge.wait(null, stop.signal);
  });

  it('lets one piece of work run at a time, in order, and goes on after a failure', async () => {
    const turn = new Turn();
    const seen: string[] = [];
    const work = (name: string) => async (): Promise<void> => {
      seen.push(`${name} starts`);
      await Promise.resolve();
      seen.push(`${name} ends`);
      if (name === 'a') throw new Error('a failed');
    };
    const results = await Promise.allSettled([turn.take(work('a')), turn.take(work('b'))]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'fulfilled']);
    expect(seen).toEqual(['a starts', 'a ends', 'b starts', 'b ends']);
  });
});
