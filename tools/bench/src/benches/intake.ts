import type { Bench, BenchSettings } from '../bench';
import { withCleanUp } from '../clean-up';
import { watchDrain } from '../drain';
import type { Figure } from '../figure';
import { IntakeStand, remarksOn, type Load } from '../intake-stand';
import { mean } from '../percentile';

const DEFAULT_SECONDS = 5;
const DRAIN_PATIENCE_SECONDS = 300;

/** How many alerts per second are taken in, each webhook committed before it is acknowledged. */
export const intake: Bench = {
  name: 'intake',
  summary: 'webhooks of 50 alerts, committed on MariaDB before the 202, against a bare server and an Alertmanager',
  run: (settings) =>
    withCleanUp(async (later) => {
      const { say } = settings;
      say('starting MariaDB and AlertAgent');
      return measure(await IntakeStand.start(settings, later), settings);
    }),
};

/** The limits are measured before and after, so that a machine that grows slower or faster favours nobody. */
async function measure(stand: IntakeStand, { seconds = DEFAULT_SECONDS, say }: BenchSettings): Promise<Figure[]> {
  const load: Load = { alerts: 50, connections: 64, warmUpSeconds: 2, seconds, requestsPerSecond: null };
  const bare: number[] = [];
  const alertmanager: number[] = [];
  const loadBare = async (): Promise<void> => {
    say('load on the bare server');
    bare.push((await stand.loadBare(load)).alertsPerSecond);
  };
  const loadAlertmanager = async (): Promise<void> => {
    say('load on Alertmanager');
    alertmanager.push((await stand.loadAlertmanager(load)).alertsPerSecond);
  };

  await loadBare();
  await loadAlertmanager();
  say('load on AlertAgent');
  const agent = await stand.loadAgent(load);
  say('waiting for the pipeline to work off what was stored');
  const drain = await watchDrain(stand.agent, DRAIN_PATIENCE_SECONDS);
  if (!drain.balanced) throw new Error('the ledger does not balance');
  // The other services still analyse the incidents of this storm; the limits are to have the machine for themselves.
  await stand.agent.stop();
  await loadAlertmanager();
  await loadBare();

  const value = agent.alertsPerSecond;
  const unit = 'alerts/s';
  return [
    {
      name: 'intake vs bare server',
      value,
      unit,
      limit: { name: 'node:http, parse, INSERT', value: mean(bare) },
      goal: { of: 'ratio', direction: 'at least', bound: 0.6 },
      note: [
        remarksOn(agent),
        `generator at ${Math.round(agent.ownCpu * 100)} % of a core`,
        `bare runs ${bare.map(Math.round).join(', ')}`,
      ]
        .filter(Boolean)
        .join('; '),
    },
    {
      name: 'intake vs Alertmanager',
      value,
      unit,
      limit: { name: 'Alertmanager, in memory', value: mean(alertmanager) },
      goal: { of: 'ratio', direction: 'at least', bound: 1 },
    },
    {
      name: 'pipeline after the load',
      value: drain.alertsPerSecond,
      unit,
      note: `${drain.backlog} alerts were waiting, ${drain.left} left after ${Math.round(drain.seconds)} s; the ledger balanced at every look`,
    },
  ];
}
