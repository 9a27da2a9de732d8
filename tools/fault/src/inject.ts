import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runRow } from './harness';
import { hostileDify } from './rows/ai/hostile-dify';

const REPOSITORY = resolve(__dirname, '../../..');
const USAGE = 'usage: npm run inject -- --dify hostile [--n 200] [--seed 1] [--sabotage unearned-autonomy]\n';

function say(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}

/** Row F51 by the name of its figure: so many injections against a model that works for whoever wrote them. */
async function main(args: string[]): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args, options: { dify: text, n: text, seed: text, sabotage: text } });
  const [n, seed] = [Number(values.n ?? 200), Number(values.seed ?? 1)];
  if (values.dify !== 'hostile' || !Number.isSafeInteger(n) || n < 1 || !Number.isSafeInteger(seed)) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  const options = { n, seed, sabotage: values.sabotage, root: REPOSITORY, keep: false };
  const report = await runRow(hostileDify, options, say);
  process.stdout.write(`${JSON.stringify(report)}\n`);
  if (!report.ok) process.exitCode = 1;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  say(String(error));
  process.exitCode = 2;
});
