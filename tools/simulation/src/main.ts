import { parseArgs } from 'node:util';
import { knownStreams, measureNoise, streamsDirectory, type NoiseReport } from './noise/run-noise';
import { simulateSeeds } from './sim/run';

const USAGE = `Usage:
  npm run sim -- [--seeds 10000] [--seed 1]     simulates the pipeline's core, one world per seed
  npm run noise -- <stream> …                   measures noise reduction on recorded streams; all there are when none is named

--seed is the first seed; with --seeds 1 a failure is reproduced. Streams are read from the folder "streams" below
ALERTAGENT_CORPORA, or ../shared/corpora. Both commands print JSON and exit with 1 when a bar is missed.
`;

function main(args: string[]): void {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      seeds: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  const [command, ...names] = positionals;
  if (!values.help && command === 'noise') return noise(names);
  if (!values.help && command === 'sim') return sim(numberOf(values.seed), numberOf(values.seeds));
  process.stdout.write(USAGE);
  if (!values.help) process.exitCode = 2;
}

function noise(names: readonly string[]): void {
  const wanted = names.length > 0 ? names : knownStreams(streamsDirectory());
  if (wanted.length === 0) throw new Error(`there are no streams in ${streamsDirectory()}; set ALERTAGENT_CORPORA`);
  for (const name of wanted) {
    const report = measureNoise(name);
    process.stderr.write(tableOf(report));
    process.stdout.write(`${JSON.stringify(report)}\n`);
    if (!report.better) process.exitCode = 1;
  }
}

function tableOf({ stream, baseline, alertagent }: NoiseReport): string {
  const row = (
    name: string,
    { incidents, compression, purity, homogeneity, missed, hidden }: NoiseReport['baseline'],
  ): string =>
    [
      name.padEnd(22),
      incidents,
      ...[compression, purity, homogeneity].map((value) => value.toFixed(4)),
      missed,
      hidden,
    ].join('\t');
  const head = `${stream}: ${baseline.alerts} alerts\n${' '.repeat(22)}\tincid.\tcompr.\tpurity\thomog.\tmissed\thidden\n`;
  return `${head}${row('name+host, 5 minutes', baseline)}\n${row('AlertAgent', alertagent)}\n`;
}

function sim(firstSeed: number, seeds: number): void {
  const started = performance.now();
  const report = simulateSeeds(firstSeed, seeds, (done) => {
    process.stderr.write(`${done} seeds\n`);
  });
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  process.stdout.write(`${JSON.stringify({ ...report, seconds }, null, report.failures.length > 0 ? 2 : 0)}\n`);
  if (report.failures.length > 0) process.exitCode = 1;
}

function numberOf(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new Error(`"${text.slice(0, 40)}" is no whole number above 0; see --help`);
  return number;
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
