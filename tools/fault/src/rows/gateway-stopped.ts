import { setTimeout as delay } from 'node:timers/promises';
import { Balancer } from '../balancer';
import { checkInvariants } from '../invariants';
import type { FaultRow, RowContext, RowResult } from '../row';
import type { Sender } from '../sender';
import { senderTo } from '../sender-to';
import { runService } from '../run-service';

const STOP_WITHIN_MS = 10_000;

/** The only gateway is asked to end while it is under load. */
export const gatewayStopped: FaultRow = {
  id: 'F04',
  title: 'gateway: SIGTERM under load, one instance',
  bar: 'what it has taken in is answered, exit 0 within 10 s; 0 lost, 0 phantom, 0 duplicate',
  run: runStopped,
};

async function runStopped(context: RowContext): Promise<RowResult> {
  const { alerts = 10_000, kills = 5 } = context.options;
  const stand = await context.stand();
  const sender = senderTo(stand, context);
  const problems: string[] = [];
  let slowest = 0;
  for (let round = 0; round < kills; round += 1) {
    await stand.gateway.whenReady();
    const share = Math.ceil(alerts / kills);
    const reached = sender.sentAlerts + context.random.between(Math.floor(share * 0.2), Math.floor(share * 0.7));
    const sending = sender.send(share);
    while (sender.sentAlerts < reached) await delay(1);
    const asked = performance.now();
    const code = await stand.gateway.end('SIGTERM');
    const tookMs = Math.round(performance.now() - asked);
    slowest = Math.max(slowest, tookMs);
    if (code !== 0)
      problems.push(`SIGTERM ended the gateway with ${code === null ? 'a signal' : `code ${code}`}, not 0`);
    await sending;
    context.log(`${round + 1} of ${kills} stops, ended after ${tookMs} ms`);
  }
  await stand.gateway.whenReady();
  const { figures, problems: broken } = await checkInvariants(stand, { senders: [sender] });
  if (slowest > STOP_WITHIN_MS) problems.push(`the gateway took ${slowest} ms to end, not <= ${STOP_WITHIN_MS} ms`);
  // A connection that the process never read from may break; one whose webhook was stored may not.
  const unanswered = Number(figures['recovered']);
  if (unanswered > 0) problems.push(`${unanswered} alerts were stored, but their senders got no answer`);
  return {
    figures: { ...figures, stops: kills, slowest_stop_ms: slowest, ...answersOf(sender) },
    problems: [...problems, ...broken],
  };
}

/** How often each answer was given, as figures. */
function answersOf({ answers }: Sender): Record<string, number> {
  return Object.fromEntries([...answers].map(([answer, count]) => [`answered_${answer}`, count]));
}

/** Replicas are restarted in turn behind a load balancer, as a rolling update does. */
export const gatewayRolled: FaultRow = {
  id: 'F05',
  title: 'gateway: SIGTERM in turn, two instances behind a load balancer',
  bar: 'every answer 2xx; 0 lost, 0 phantom, 0 duplicate',
  run: runRolled,
};

/** The least that one restart takes: the drain of production mode, the end, the start. */
const RESTART_SECONDS = 7.5;

async function runRolled(context: RowContext): Promise<RowResult> {
  const { alerts: requests = 5_000, kills = 4, instances = 2 } = context.options;
  const stand = await context.stand({
    gateways: instances,
    env: { ALERTAGENT_MODE: 'production' },
    beforeServices: async (starting) => runService(starting, 'gateway', ['migrate']),
  });
  const balancer = await Balancer.start(stand.gateways);
  context.later(() => balancer.stop());
  const sender = senderTo(stand, context, 'alert', {
    urls: () => [`${balancer.url}/api/v1/alerts/webhook`],
    alertsPerWebhook: [1, 1],
    repeated: 0,
  });
  const problems: string[] = [];
  let isRolling = true;
  const load = (async (): Promise<void> => {
    const perSecond = requests / (kills * RESTART_SECONDS);
    while (isRolling || sender.sentAlerts < requests) await sender.sendByClock(perSecond, 1);
  })();
  for (let round = 0; round < kills; round += 1) {
    const victim = stand.gateways[round % stand.gateways.length];
    if (!victim) break;
    const code = await victim.end('SIGTERM');
    if (code !== 0) problems.push(`SIGTERM ended ${victim.name} with ${code ?? 'a signal'}, not 0`);
    await victim.whenReady();
    // An orchestrator waits until its balancer sees the new one before it takes the next.
    await delay(600);
    context.log(`${round + 1} of ${kills} restarts, ${sender.sentAlerts} requests sent`);
  }
  isRolling = false;
  await load;
  const findings = await checkInvariants(stand, { senders: [sender] });
  const wrong = [...sender.answers].filter(([answer]) => answer !== '202');
  for (const [answer, count] of wrong) problems.push(`${count} of ${sender.sentAlerts} requests came to ${answer}`);
  return {
    figures: {
      ...findings.figures,
      restarts: kills,
      requests: sender.sentAlerts,
      not_2xx: wrong.reduce((n, [, c]) => n + c, 0),
    },
    problems: [...problems, ...findings.problems],
  };
}
