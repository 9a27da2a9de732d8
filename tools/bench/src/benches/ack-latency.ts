import type { Bench, BenchSettings } from '../bench';
import { withCleanUp } from '../clean-up';
import type { Figure } from '../figure';
import { IntakeStand, remarksOn, type Load } from '../intake-stand';
import type { LoadResult } from '../load/load';

const DEFAULT_SECONDS = 20;

/** How long an Alertmanager waits for its 202 while 1,000 alerts come in per second. */
export const ackLatency: Bench = {
  name: 'ack-latency',
  summary: '1,000 alerts per second in webhooks of 10, by the clock: time from when each was due to its 202',
  run: (settings) =>
    withCleanUp(async (later) => {
      settings.say('starting MariaDB and AlertAgent');
      return measure(await IntakeStand.start(settings, later), settings);
    }),
};

async function measure(stand: IntakeStand, { seconds = DEFAULT_SECONDS, say }: BenchSettings): Promise<Figure[]> {
  const load: Load = { alerts: 10, connections: 64, warmUpSeconds: 3, seconds, requestsPerSecond: 100 };
  say('load on the bare server');
  const bare = latenciesOf(await stand.loadBare(load));
  say('load on AlertAgent');
  const result = await stand.loadAgent(load);
  const agent = latenciesOf(result);
  const figure = (share: 'p50' | 'p99' | 'max'): Figure => ({
    name: `ack at 1,000 alerts/s, ${share}`,
    value: agent[share],
    unit: 'ms',
    limit: { name: 'bare server', value: bare[share] },
  });
  return [
    figure('p50'),
    {
      ...figure('p99'),
      goal: { of: 'value', direction: 'at most', bound: 30 },
      note: [remarksOn(result), `the generator itself was up to ${result.ownDelayMsP99.toFixed(1)} ms late at p99`]
        .filter(Boolean)
        .join('; '),
    },
    figure('max'),
  ];
}

function latenciesOf(result: LoadResult): NonNullable<LoadResult['latencyMs']> {
  if (result.latencyMs === null) throw new Error(`no webhook was answered: ${remarksOn(result)}`);
  return result.latencyMs;
}
