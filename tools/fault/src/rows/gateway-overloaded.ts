import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pollUntil } from '@alertagent/local-stack';
import { notificationsOf, postAlerts, startDelivering } from '../alertmanagers';
import { Flood } from '../flood';
import { LimitedGroup } from '../injectors/limits';
import { checkInvariants } from '../invariants';
import { percentile } from '../percentile';
import type { FaultRow, RowContext, RowResult } from '../row';
import { storedAlerts } from '../stored-alerts';
import type { Stand } from '../stand';

const ALERTS_PER_WEBHOOK = 50;
const OVERLOAD = 5;
const DEFAULT_SECONDS = 5;
const CAPACITY_SECONDS = 2;
const P99_MS = 2_000;
/** Webhooks that may be under way at once: as many as that many groups of Alertmanagers. */
const CONNECTIONS = 800;
/** Share of one core that the gateway gets: else nobody on the same machine could offer five times what it can store. */
const CORE_SHARE = 0.4;
const ALERTMANAGER_ALERTS = 2_000;

/** Five times as many webhooks arrive as the gateway can store. */
export const gatewayOverloaded: FaultRow = {
  id: 'F07',
  title: 'gateway: five times the webhooks it can store (--via alertmanager: a real one delivers meanwhile)',
  bar: 'only 2xx and 503, p99 of accepted <= 2 s, RSS < 400 MB; 0 lost, and 0 lost behind a real Alertmanager',
  sabotages: { 'answer-429': 'something else than 2xx and 503 is answered' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const { seconds = DEFAULT_SECONDS } = context.options;
  const stand = await context.stand();
  const flood = new Flood({
    port: stand.gateway.httpPort ?? 0,
    token: stand.cluster.token,
    prefix: 'flood',
    ledger: join(context.directory, 'flood.jsonl'),
    alertsPerWebhook: ALERTS_PER_WEBHOOK,
    connections: CONNECTIONS,
  });
  const limit = await LimitedGroup.create({ cpu: CORE_SHARE });
  context.later(() => limit.close());
  await flood.connect();
  await limit.add(stand.gateway.pid);
  const capacity = (await flood.closedLoop(64, CAPACITY_SECONDS)).acceptedPerSecond;
  const offered = capacity * OVERLOAD;
  context.log(
    `stores ${Math.round(capacity)} webhooks/s of ${ALERTS_PER_WEBHOOK}; now ${Math.round(offered)}/s for ${seconds} s`,
  );
  const behind = context.options.via === 'alertmanager' ? await postBehind(context, stand) : null;
  const { answers, acceptedMs, sent } = await flood.openLoop(offered, seconds);
  const problems: string[] = [];
  for (const [answer, count] of answers)
    if (!/^(2\d\d|503)$/.test(answer)) problems.push(`${count} webhooks came to ${answer}`);
  const p99 = Math.round(percentile(acceptedMs, 0.99));
  if (p99 > P99_MS) problems.push(`p99 of accepted ${p99} ms, not <= ${P99_MS} ms`);
  const after = await flood.closedLoop(64, CAPACITY_SECONDS);
  await limit.setCpu(2);
  if (after.acceptedPerSecond < capacity / 3) problems.push('it did not recover after the overload');
  const delivered = behind === null ? {} : await behind.figures(problems);
  const findings = await checkInvariants(stand, { senders: [flood], patienceMs: 600_000 });
  return {
    figures: {
      ...findings.figures,
      core_share: CORE_SHARE,
      capacity_per_s: Math.round(capacity),
      recovered_per_s: Math.round(after.acceptedPerSecond),
      offered_factor: Math.round((sent / seconds / capacity) * 10) / 10,
      accepted_per_s: Math.round(acceptedMs.length / seconds),
      answered_503: answers.get('503') ?? 0,
      accepted_p99_ms: p99,
      ...delivered,
    },
    problems: [...problems, ...findings.problems],
  };
}

interface Behind {
  /** Waits until all is delivered; adds what is missing to the problems. */
  figures(problems: string[]): Promise<Record<string, number>>;
}

/** Alerts that a real Alertmanager holds, and delivers during the overload. */
async function postBehind(context: RowContext, stand: Stand): Promise<Behind> {
  const alertmanager = await startDelivering(context, stand, {
    groupBy: ['alertname'],
    groupWait: '1s',
    groupInterval: '10s',
  });
  const startsAt = new Date();
  // Each second some new groups, so that there are deliveries as long as the overload lasts.
  const posting = (async (): Promise<void> => {
    for (let group = 0; group < 20; group += 1) {
      const alerts = Array.from({ length: ALERTMANAGER_ALERTS / 20 }, (_, index) => ({
        id: `behind-${group}-${index}`,
        group: `Behind${group}`,
        startsAt,
      }));
      await postAlerts(alertmanager, alerts);
      await delay(500);
    }
  })();
  return {
    async figures(problems) {
      await posting;
      const count = async (): Promise<number> => (await storedAlerts(stand.database, 'behind')).length;
      // Its retries grow, up to a minute apart.
      await pollUntil(async () => (await count()) >= ALERTMANAGER_ALERTS, {
        what: 'all alerts of the Alertmanager',
        timeoutMs: 180_000,
        intervalMs: 1_000,
      }).catch(() => undefined);
      const stored = await count();
      if (stored !== ALERTMANAGER_ALERTS)
        problems.push(`${ALERTMANAGER_ALERTS - stored} alerts lost behind the Alertmanager`);
      const { sent, failed } = await notificationsOf(alertmanager);
      return {
        alertmanager_alerts: ALERTMANAGER_ALERTS,
        alertmanager_stored: stored,
        alertmanager_webhooks: sent,
        alertmanager_given_up: failed,
      };
    },
  };
}
