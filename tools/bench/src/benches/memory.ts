import { setTimeout as delay } from 'node:timers/promises';
import { AlertAgent } from '@alertagent/e2e/alertagent';
import { MonitoredCluster } from '@alertagent/e2e/monitored-cluster';
import { GuardedProcess } from '@alertagent/local-stack';
import type { Bench, BenchSettings } from '../bench';
import { withCleanUp } from '../clean-up';
import type { Figure } from '../figure';
import { childrenOf, residentMiB } from '../process-table';

const REST_MS = 10_000;
const POLLS = 60;
/** `SYNC_INTERVAL` of a `MonitoredCluster`; a poll of a sidecar with nothing new lasts as long. */
const SYNC_INTERVAL_MS = 2_000;
const SERVICE_MIB = 120;
const SIDECAR_MIB = 48;

/** What AlertAgent's processes cost while nothing happens. */
export const memory: Bench = {
  name: 'memory',
  summary: `resident memory of each service ${REST_MS / 1_000} s after the start, and of both sidecars after ${POLLS} polls`,
  run: (settings) =>
    withCleanUp(async (later) => {
      settings.say('starting AlertAgent');
      const agent = await AlertAgent.start();
      later(() => agent.stop());
      const idle = new GuardedProcess({ file: process.execPath, args: ['-e', 'setInterval(() => {}, 1e9)'] });
      later(() => idle.stop());
      return measure(agent, idle, settings, later);
    }),
};

async function measure(
  agent: AlertAgent,
  idle: GuardedProcess,
  { say }: BenchSettings,
  later: (undo: () => Promise<unknown>) => void,
): Promise<Figure[]> {
  await delay(REST_MS);
  const limit = { name: 'bare node', value: residentMiB(idle.pid) };
  const figure = (name: string, pid: number, bound: number): Figure => ({
    name,
    value: residentMiB(pid),
    unit: 'MiB',
    limit,
    goal: { of: 'value', direction: 'at most', bound },
  });
  const services = childrenOf(agent.pid).flatMap(({ pid, command }) => {
    const name = /apps\/([a-z]+)\/dist\/main\.js/.exec(command)?.[1];
    return name === undefined ? [] : [figure(`RSS of ${name}, idle`, pid, SERVICE_MIB)];
  });
  if (services.length === 0) throw new Error('no service runs');
  say(`both sidecars poll ${POLLS} times, ${(POLLS * SYNC_INTERVAL_MS) / 1_000} s`);
  const cluster = await MonitoredCluster.join(agent, 'bench');
  later(() => cluster.stop());
  await delay(POLLS * SYNC_INTERVAL_MS);
  const sidecars = cluster.sidecars.map(({ pid }, index) =>
    figure(`RSS of the ${index === 0 ? 'Prometheus' : 'Alertmanager'} sidecar`, pid, SIDECAR_MIB),
  );
  return [...services, ...sidecars];
}
