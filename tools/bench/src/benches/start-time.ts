import { AlertAgent } from '@alertagent/e2e/alertagent';
import type { Bench } from '../bench';
import { median } from '../percentile';

const STARTS = 3;

/** How long `npm start` takes on a built tree until every service is ready. */
export const startTime: Bench = {
  name: 'start-time',
  summary: `from the start of the launcher with an empty data directory until all services are ready, median of ${STARTS}`,
  async run({ say }) {
    const seconds: number[] = [];
    for (let start = 1; start <= STARTS; start += 1) {
      say(`start ${start} of ${STARTS}`);
      const began = performance.now();
      const agent = await AlertAgent.start();
      seconds.push((performance.now() - began) / 1_000);
      await agent.stop();
    }
    return [
      {
        name: 'start until all ready',
        value: median(seconds),
        unit: 's',
        goal: { of: 'value', direction: 'at most', bound: 10 },
        note: `all starts: ${seconds.map((value) => value.toFixed(1)).join(', ')} s`,
      },
    ];
  },
};
