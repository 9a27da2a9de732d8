import { WakeUp } from '../requests/wake-up';
import { AnalysesHandlers } from './analyses.handlers';

/** Longer than a test may take: who is not woken sleeps through its end. */
const LONG_MS = 600_000;

describe('the worker', () => {
  const view = { analysis_id: 'a' };
  const answering = new Proxy({}, { get: () => () => Promise.resolve(view) }) as never;

  it.each(['report', 'cancel'] as const)(
    'is woken by a %s: the run has left its place to the next one',
    async (what) => {
      const wakeUp = new WakeUp();
      const handlers = new AnalysesHandlers(answering, answering, answering, answering, wakeUp);
      const asleep = wakeUp.sleep(LONG_MS);
      await expect(handlers[what]({} as never)).resolves.toBe(view);
      await asleep;
    },
  );
});
