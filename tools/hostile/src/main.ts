import { readArguments, usage, UsageError, type HostileArguments } from './arguments';
import { readApi } from './api/endpoints';
import { hasCorpora } from './corpora';
import { HostileRun } from './hostile-run';
import { ALL_ROWS } from './rows/all-rows';
import { HostileStand } from './stand/hostile-stand';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function main(args: string[]): Promise<void> {
  const wanted = readArguments(args);
  if (wanted === null) {
    process.stdout.write(usage());
    return;
  }
  if (!hasCorpora()) say('the third-party test data is not at hand (ALERTAGENT_CORPORA): its rows send nothing');
  const stand = await HostileStand.start();
  const stop = (): void => void stand.stop().then(() => process.exit(130));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    await runAll(stand, wanted);
  } finally {
    await stand.stop();
  }
}

async function runAll(stand: HostileStand, { rows, groups, path, seed, show }: HostileArguments): Promise<void> {
  const began = performance.now();
  const api = readApi();
  const run = new HostileRun(
    stand,
    api,
    api.endpoints.filter(({ group, name }) => groups.includes(group) && name.includes(path)),
    seed,
  );
  await run.rehearse();
  for (const row of ALL_ROWS.filter(({ id }) => rows.length === 0 || rows.includes(id))) {
    const before = { requests: run.tally.requests, wrong: run.tally.deviations.length };
    await run.row(row);
    const [sent, wrong] = [run.tally.requests - before.requests, run.tally.deviations.length - before.wrong];
    say(`${row.id.padEnd(16)} ${String(sent).padStart(6)} sent ${String(wrong).padStart(5)} wrong  ${row.summary}`);
  }
  const { tally } = run;
  process.stdout.write(`${tally.table()}\n\n`);
  for (const { row, endpoint, what, faults } of tally.deviations.slice(0, show))
    process.stdout.write(`WRONG ${row} ${endpoint} [${what}]: ${faults.join('; ')}\n`);
  const seconds = Math.round((performance.now() - began) / 1000);
  process.stdout.write(`${tally.totals({ seed, seconds })}\n`);
  if (tally.deviations.length > 0) process.exitCode = 1;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const isUsage = error instanceof UsageError;
  say(
    isUsage ? `${error.message}; see --help` : error instanceof Error ? (error.stack ?? error.message) : String(error),
  );
  process.exitCode = isUsage ? 2 : 1;
});
