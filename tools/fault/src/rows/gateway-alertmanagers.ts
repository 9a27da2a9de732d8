import { join } from 'node:path';
import { pollUntil, startPrometheus, type AlertmanagerServer, type PrometheusServer } from '@alertagent/local-stack';
import { counterOf, notificationsOf, postAlerts, startDelivering, startPair } from '../alertmanagers';
import { writeFiringRules } from '../firing-rules';
import { checkInvariants } from '../invariants';
import type { FaultRow, RowContext, RowResult } from '../row';
import { countOf, storedAlerts } from '../stored-alerts';
import type { Stand } from '../stand';

const DEFAULT_ALERTS = 50;
/** Makes a peer deliver without waiting for what the other one tells it: as when the gossip is late. */
const IMPATIENT = ['--cluster.peer-timeout=1ms'];
const DELIVERY_TIMEOUT_MS = 60_000;

/** Both Alertmanagers of a pair deliver what one Prometheus sends them. */
export const alertmanagerPair: FaultRow = {
  id: 'F09',
  title: 'gateway: a pair of real Alertmanagers that gossip, both deliver',
  bar: 'one record per episode, firing and resolved; what the second delivers is absorbed',
  run: runPair,
};

async function runPair(context: RowContext): Promise<RowResult> {
  const stand = await context.stand({ gateways: context.options.instances ?? 2 });
  const pair = await startPair(context, stand, { extraArgs: IMPATIENT });
  const { ids, prometheus, rules } = await startFiring(context, pair);
  const { database } = stand;
  await pollUntil(async () => (await stored(stand, ids, 'firing')) === ids.length, {
    what: 'every firing alert in the database',
    timeoutMs: DELIVERY_TIMEOUT_MS,
  });
  await pollUntil(async () => (await Promise.all(pair.map(notificationsOf))).every(({ sent }) => sent > 0), {
    what: 'both Alertmanagers to deliver',
    timeoutMs: DELIVERY_TIMEOUT_MS,
  });
  writeFiringRules(rules, ids, false);
  await fetch(prometheus.reloadUrl, { method: 'POST' });
  await pollUntil(async () => (await stored(stand, ids, 'resolved')) === ids.length, {
    what: 'every alert to be resolved',
    timeoutMs: DELIVERY_TIMEOUT_MS,
  });
  const { figures, problems } = await checkInvariants(stand);
  const rows = await countOf(database, 'SELECT COUNT(*) FROM alerts');
  const absorbed = await countOf(
    database,
    "SELECT COUNT(*) FROM alert_processing_records WHERE disposition IN ('duplicate', 'stale')",
  );
  if (rows !== ids.length) problems.push(`${rows} episodes of ${ids.length} alerts`);
  if (absorbed === 0) problems.push('no second delivery arrived: the row has tried nothing');
  const delivered = await Promise.all(pair.map(notificationsOf));
  for (const { failed } of delivered) if (failed > 0) problems.push(`${failed} deliveries failed`);
  return {
    figures: {
      ...figures,
      alerts: ids.length,
      episodes: rows,
      absorbed,
      webhooks: delivered.map(({ sent }) => sent).join('+'),
    },
    problems,
  };
}

/** An Alertmanager forgets what it has delivered, and delivers it again. */
export const alertmanagerKilled: FaultRow = {
  id: 'F10',
  title: 'gateway: a real Alertmanager is killed after it has notified, and restarted',
  bar: 'no new record and no new event; that the alerts were seen again is on record',
  run: runKilled,
};

async function runKilled(context: RowContext): Promise<RowResult> {
  const stand = await context.stand();
  const alertmanager = await startDelivering(context, stand);
  const { ids } = await startFiring(context, [alertmanager]);
  const { database } = stand;
  const events = (): Promise<number> =>
    countOf(database, "SELECT COUNT(*) FROM gateway_outbox WHERE subject LIKE '%.incident-opened.%'");
  await pollUntil(async () => (await stored(stand, ids, 'firing')) === ids.length, {
    what: 'every firing alert in the database',
    timeoutMs: DELIVERY_TIMEOUT_MS,
  });
  const before = { events: await events(), seen: await lastSeen(stand) };
  alertmanager.kill('SIGKILL');
  await alertmanager.exited;
  await alertmanager.restart();
  await pollUntil(async () => (await repetitions(stand)) >= ids.length, {
    what: 'every alert to be delivered again',
    timeoutMs: DELIVERY_TIMEOUT_MS,
  });
  const { figures, problems } = await checkInvariants(stand);
  const rows = await countOf(database, 'SELECT COUNT(*) FROM alerts');
  const repeated = await repetitions(stand);
  const after = { events: await events(), seen: await lastSeen(stand) };
  if (rows !== ids.length) problems.push(`${rows - ids.length} new records`);
  if (after.events !== before.events) problems.push(`${after.events - before.events} incidents announced again`);
  if (after.seen <= before.seen) problems.push('that the alerts were seen again is not on record');
  return {
    figures: {
      ...figures,
      alerts: ids.length,
      delivered_again: repeated,
      last_seen_moved_ms: after.seen - before.seen,
    },
    problems,
  };
}

/** An Alertmanager leaves alerts out of its webhooks. */
export const alertmanagerTruncates: FaultRow = {
  id: 'F14',
  title: 'gateway: a real Alertmanager with max_alerts: 10 leaves alerts out',
  bar: 'every alert left out is counted in a metric and reported by an alert of our own',
  run: runTruncating,
};

const MOST_PER_WEBHOOK = 10;

async function runTruncating(context: RowContext): Promise<RowResult> {
  const stand = await context.stand();
  const alertmanager = await startDelivering(context, stand, { maxAlerts: MOST_PER_WEBHOOK });
  const count = context.options.alerts ?? DEFAULT_ALERTS;
  const startsAt = new Date();
  await postAlerts(
    alertmanager,
    Array.from({ length: count }, (_, index) => ({ id: `truncated-${index}`, group: 'Truncated', startsAt })),
  );
  await pollUntil(async () => (await notificationsOf(alertmanager)).sent > 0, {
    what: 'a delivery',
    timeoutMs: 30_000,
  });
  const counted = (): Promise<number> =>
    counterOf(`${stand.gateway.opsUrl}/metrics`, 'alertagent_webhook_truncated_alerts_total');
  const reports = (): Promise<number> =>
    countOf(stand.database, "SELECT COUNT(*) FROM alerts WHERE name LIKE 'AlertAgent%Truncated%'");
  const problems: string[] = [];
  await pollUntil(async () => (await counted()) > 0 && (await reports()) > 0, {
    what: 'a report',
    timeoutMs: 30_000,
  }).catch(() => problems.push('alerts were left out, and nobody is told'));
  const { figures, problems: broken } = await checkInvariants(stand);
  const { sent } = await notificationsOf(alertmanager);
  const left = sent * (count - MOST_PER_WEBHOOK);
  const reported = await counted();
  if (reported !== left) problems.push(`${left} alerts were left out of ${sent} webhooks, ${reported} are counted`);
  return {
    figures: { ...figures, left_out: left, counted: reported, reports: await reports() },
    problems: [...problems, ...broken],
  };
}

/** A real Prometheus with one rule per alert, all of which fire. */
async function startFiring(
  context: RowContext,
  alertmanagers: readonly AlertmanagerServer[],
): Promise<{ ids: string[]; prometheus: PrometheusServer; rules: string }> {
  const ids = Array.from({ length: context.options.alerts ?? DEFAULT_ALERTS }, (_, index) => `rule-${index}`);
  const rules = join(context.directory, 'always.yml');
  writeFiringRules(rules, ids, true);
  const prometheus = await startPrometheus({
    rulesGlob: rules,
    alertmanagers: alertmanagers.map(({ port }) => `127.0.0.1:${port}`),
    resendDelay: '1s',
  });
  context.later(() => prometheus.stop());
  return { ids, prometheus, rules };
}

async function stored({ database }: Stand, ids: readonly string[], status: 'firing' | 'resolved'): Promise<number> {
  const wanted = new Set<string | null>(ids);
  const alerts = await storedAlerts(database);
  return alerts.filter((alert) => wanted.has(alert.ledger_id) && alert.status === status).length;
}

const repetitions = ({ database }: Stand): Promise<number> =>
  countOf(database, "SELECT COUNT(*) FROM alert_processing_records WHERE disposition = 'duplicate'");

/** When the alert that was heard of longest ago was last heard of, epoch ms. */
const lastSeen = ({ database }: Stand): Promise<number> =>
  countOf(
    database,
    `SELECT MIN(seen) FROM (SELECT MAX(received_at) AS seen FROM alert_processing_records
      WHERE alert_id IS NOT NULL GROUP BY alert_id) last`,
  );
