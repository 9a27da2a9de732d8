import { setTimeout as delay } from 'node:timers/promises';
import { checkInvariants } from '../../invariants';
import type { FaultRow, RowContext, RowResult } from '../../row';
import type { SinkAnswer } from '../../sink';
import { N8nScene } from './n8n-scene';

/** n8n has two seconds here. */
const FAULTS: Readonly<Record<string, SinkAnswer>> = {
  'server-error': { status: 500, body: '{"message": "Error in workflow"}' },
  reset: { instead: 'reset' },
  hang: { instead: 'hang' },
  slow: { delayMs: 5_000 },
  redirect: { status: 302, headers: { location: '/elsewhere' } },
  'no-json': { body: '<html>Please log in</html>' },
  huge: { body: JSON.stringify('x'.repeat(10_000_000)) },
};
/** A workflow that failed several times in a row is left alone for so long. */
const BREAKER_MS = 31_000;
const MOST_ATTEMPTS = 4;
const OVER_MS = 90_000;

/** Every way in which n8n does not start a workflow: it is asked again, with the same key, and then left. */
export const n8nFaults: FaultRow = {
  id: 'F46',
  title: 'ai: n8n answers 500, resets, hangs, is slow, redirects, sends no JSON or 10 MB',
  bar: 'one key per analysis however often it is sent, four attempts at most, no redirect followed, each has an analysis and a dead letter in the end',
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const scene = await N8nScene.start(context);
  const problems: string[] = [];
  const calls: Record<string, number> = {};
  for (const [index, [fault, answer]] of Object.entries(FAULTS).entries()) {
    const before = scene.n8n.requests.length;
    scene.n8n.answer = () => answer;
    await scene.alerts(1, fault);
    await scene.over(index + 1, OVER_MS);
    const own = scene.n8n.requests.slice(before);
    calls[`calls_${fault}`] = own.length;
    if (own.length < 1 || own.length > MOST_ATTEMPTS) problems.push(`${fault}: n8n was called ${own.length} times`);
    if (new Set(own.map(({ key }) => key)).size > 1) problems.push(`${fault}: repeated with another key`);
    context.log(`${fault}: ${own.length} calls`);
    await delay(BREAKER_MS);
  }
  const elsewhere = scene.n8n.requests.filter(({ path }) => !path.startsWith('/webhook/'));
  if (elsewhere.length > 0) problems.push(`${elsewhere.length} redirects were followed`);
  const analyses = await scene.analyses();
  const fellBack = analyses.filter(({ status, fallback_reason }) => status === 'completed' && fallback_reason !== null);
  const count = Object.keys(FAULTS).length;
  if (fellBack.length !== count) problems.push(`${fellBack.length} of ${count} were analysed without n8n`);
  const letters = await scene.letters();
  if (letters.length !== count) problems.push(`${letters.length} dead letters for ${count} lost workflows`);
  const { figures, problems: broken } = await checkInvariants(scene.stand);
  return {
    figures: { ...figures, ...calls, keys: scene.n8n.keys.size, letters: letters.length },
    problems: [...problems, ...broken],
  };
}
