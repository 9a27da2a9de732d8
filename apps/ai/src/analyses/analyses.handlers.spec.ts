import { WakeUp } from '../requests/wake-up';
import { AnalysesHandlers } from './analyses.handlers';

const LONG_MS = 600_000;

describe('the worker', () => {
  const view = { analysis_id: 'a' };
  const answering = new Proxy({}, { get: () => () => Promise.resolve(view) }) as never;

  it.each(['report', 'cancel'] as const)(
    'is woken by a %s: the run has left its place to the next one',
    async (what) => {
      const wakeUp = new WakeUp();
      const handlers = new AnalysesHandlers(answering, answering, answering, answering, wakeUp);
      let isAwake = false;
      const asleep = wakeUp.sleep(LONG_MS).then(() => (isAwake = true));
      await expect(handlers[what]({} as never)).resolves.toBe(view);
      await new Promise(setImmediate);
      const wasWoken = isAwake;
      wakeUp.ring();
      await asleep;
      expect(wasWoken).toBe(true);
    },
  );
});
