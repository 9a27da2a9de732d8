import { setTimeout as delay } from 'node:timers/promises';
import { checkInvariants } from '../../invariants';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { N8nScene } from './n8n-scene';

const DEFAULT_KILLS = 5;
const ALERTS_PER_KILL = 20;
/** Milliseconds that n8n takes to answer: kills fall into calls. */
const ANSWER_MS = 300;
const OVER_MS = 300_000;

/** The process that calls n8n is killed in the middle, again and again: whatever is repeated has the key that it had. */
export const n8nKilled: FaultRow = {
  id: 'F48',
  title: 'ai: kill -9 in the middle of calls to n8n',
  bar: 'as many different keys as incidents, each the id of its analysis; every analysis is over, with one result',
  sabotages: { 'fresh-key': 'every call has a key of its own' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const kills = context.options.kills ?? DEFAULT_KILLS;
  const alerts = context.options.alerts ?? kills * ALERTS_PER_KILL;
  const scene = await N8nScene.start(context, { timeout: '5s', concurrency: { runs: 1_000 } });
  const ai = scene.stand.others[0]!;
  const reports: Promise<number>[] = [];
  scene.n8n.answer = (request) => {
    reports.push(delay(2 * ANSWER_MS).then(() => scene.report(request)));
    return { delayMs: ANSWER_MS };
  };
  let sent = 0;
  for (let kill = 0; kill < kills; kill++) {
    const size = Math.floor((alerts * (kill + 1)) / kills) - sent;
    await scene.alerts(size, `round-${kill}`);
    sent += size;
    await delay(context.random.between(ANSWER_MS, 5 * ANSWER_MS));
    ai.kill('SIGKILL');
    await ai.whenReady();
    context.log(`${kill + 1} of ${kills} killed; ${scene.n8n.requests.length} calls so far`);
  }
  const analyses = await scene.over(alerts, OVER_MS);
  await Promise.all(reports);

  const problems: string[] = [];
  const ids = new Set(analyses.map(({ analysis_id }) => analysis_id));
  const foreign = [...scene.n8n.keys].filter((key) => !ids.has(key));
  if (foreign.length > 0) problems.push(`${foreign.length} keys are no analysis`);
  if (scene.n8n.keys.size !== alerts) problems.push(`${scene.n8n.keys.size} keys for ${alerts} incidents`);
  if (analyses.length !== alerts) problems.push(`${analyses.length} analyses of ${alerts} incidents`);
  const without = analyses.filter(({ status }) => status !== 'completed').length;
  if (without > 0) problems.push(`${without} analyses have no result`);
  const { figures, problems: broken } = await checkInvariants(scene.stand);
  return {
    figures: { ...figures, kills, alerts, calls: scene.n8n.requests.length, keys: scene.n8n.keys.size },
    problems: [...problems, ...broken],
  };
}
