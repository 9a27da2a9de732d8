import { setTimeout as delay } from 'node:timers/promises';
import { pollUntil } from '@alertagent/local-stack';
import { checkInvariants } from '../../invariants';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { N8nScene } from './n8n-scene';

const DEFAULT_ALERTS = 2_000;
const DEFAULT_SECONDS = 60;
/** Runs that this n8n may have at a time. */
const PLACES = 10;
const DRAIN_MS = 300_000;
const SETTLED_MS = 120_000;

/** n8n is away while a storm comes and half of it goes. Nothing is lost, and nobody hears of what is over. */
export const n8nOutage: FaultRow = {
  id: 'F47',
  title: 'ai: n8n refuses every connection while incidents open, half of which are over before it is back',
  bar: 'all over within 5 minutes of its return, one analysis per incident, nothing started or raised for incidents that are over',
  sabotages: { 'keep-stale': 'what is over waits for ever' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const { alerts = DEFAULT_ALERTS, seconds = DEFAULT_SECONDS } = context.options;
  // Whatever can not be started waits for people and a replay: with the built-in workflow nothing would be left to drain.
  const scene = await N8nScene.start(context, {
    fall_back: false,
    concurrency: { runs: PLACES },
    callback_timeout: '1h',
  });
  const half = Math.ceil(alerts / 2);
  const began = Date.now();
  // The first ones take every place and hold it for the outage: what comes after them waits.
  scene.n8n.answer = () => ({});
  await scene.alerts(alerts - half, 'lasting');
  await scene.alerts(half, 'passing');
  await pollUntil(() => scene.n8n.requests.length >= PLACES, {
    what: 'every place to be taken',
    timeoutMs: SETTLED_MS,
  });
  const started = scene.n8n.requests.length;
  scene.n8n.answer = () => ({ instead: 'reset' });
  context.log(`${alerts} alerts delivered, ${started} workflows started; n8n is away for ${seconds} s`);
  await delay(seconds * 500);
  await scene.alerts(half, 'passing', 'resolved');
  const resolved = await resolvedIncidents(scene, half);
  await delay(Math.max(0, began + seconds * 1_000 - Date.now()));

  const back = Date.now();
  const atReturn = scene.n8n.requests.length;
  const reports: Promise<number>[] = [];
  scene.n8n.answer = (request) => {
    reports.push(scene.report(request));
    return {};
  };
  for (const request of scene.n8n.requests.slice(0, started)) reports.push(scene.report(request));
  const analyses = await scene.over(alerts, DRAIN_MS);
  const drainMs = Date.now() - back;
  await Promise.all(reports);
  const perSecond = Math.round(((scene.n8n.requests.length - atReturn) * 10_000) / drainMs) / 10;

  const problems: string[] = [];
  const incidentOf = new Map(analyses.map(({ analysis_id, incident_id }) => [analysis_id, incident_id]));
  const late = scene.n8n.requests.slice(atReturn).filter(({ key }) => resolved.has(incidentOf.get(key ?? '') ?? ''));
  if (late.length > 0) problems.push(`${late.length} workflows were started for incidents that were over`);
  const raised = (await scene.escalations()).filter(
    ({ incident_id, created_at }) => resolved.has(incident_id) && Date.parse(created_at) >= back,
  );
  if (raised.length > 0) problems.push(`people were called for ${raised.length} incidents that were over`);
  if (analyses.length !== alerts) problems.push(`${analyses.length} analyses of ${alerts} incidents`);
  const stale = (await scene.letters()).filter(({ kind }) => kind === 'stale').length;
  const cancelled = analyses.filter(({ status }) => status === 'cancelled').length;
  if (stale !== cancelled) problems.push(`${cancelled} were dropped, and ${stale} of them have a record`);
  const { figures, problems: broken } = await checkInvariants(scene.stand);
  return {
    figures: {
      ...figures,
      alerts,
      drain_ms: drainMs,
      per_second: perSecond,
      dropped: cancelled,
      started: scene.n8n.keys.size,
    },
    problems: [...problems, ...broken],
  };
}

/** Ids of what is over, once there are so many. */
async function resolvedIncidents(scene: N8nScene, count: number): Promise<Set<string>> {
  const until = Date.now() + SETTLED_MS;
  for (;;) {
    const found = await scene.incidents('resolved');
    if (found.length >= count) return new Set(found.map(({ id }) => id));
    if (Date.now() > until) throw new Error(`${found.length} of ${count} incidents are resolved`);
    await delay(1_000);
  }
}
