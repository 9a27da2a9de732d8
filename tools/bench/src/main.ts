import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { readArguments, usage, UsageError, type BenchArguments } from './arguments';
import { ackLatency } from './benches/ack-latency';
import { backtest } from './benches/backtest';
import { blackHole } from './benches/black-hole';
import { configPulls } from './benches/config-pulls';
import { eventLatency } from './benches/event-latency';
import { history } from './benches/history';
import { intake } from './benches/intake';
import { memory } from './benches/memory';
import { pipeline } from './benches/pipeline';
import { render } from './benches/render';
import { ruleBatch } from './benches/rule-batch';
import { ruleImport } from './benches/rule-import';
import { ruleValidation } from './benches/rule-validation';
import { rulesList } from './benches/rules-list';
import { savedToLive } from './benches/saved-to-live';
import { startTime } from './benches/start-time';
import { storm } from './benches/storm';
import { isReached, ratioOf, type Figure } from './figure';
import { reportTable } from './report-table';

const BENCHES = [
  intake,
  ackLatency,
  pipeline,
  eventLatency,
  blackHole,
  storm,
  history,
  savedToLive,
  backtest,
  ruleImport,
  ruleBatch,
  rulesList,
  ruleValidation,
  render,
  configPulls,
  memory,
  startTime,
];

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function main(args: string[]): Promise<void> {
  const wanted = readArguments(args, BENCHES);
  if (wanted === null) {
    process.stdout.write(usage(BENCHES));
    return;
  }
  if (wanted.profileDir !== undefined) mkdirSync(wanted.profileDir, { recursive: true });
  const figures = await measureAll(wanted);
  process.stdout.write(`\n${machine()}\n\n${reportTable(figures)}\n`);
  if (wanted.json !== undefined) writeFileSync(wanted.json, jsonReport(figures));
}

/** A bench that breaks costs its own figures only; that it broke is told at the end. */
async function measureAll({ benches, seconds, profileDir }: BenchArguments): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const bench of benches) {
    try {
      figures.push(...(await bench.run({ seconds, profileDir, say: (text) => say(`${bench.name}: ${text}`) })));
    } catch (error) {
      process.exitCode = 1;
      say(
        `${bench.name} could not be measured: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
  }
  return figures;
}

function machine(): string {
  return `node ${process.version}, ${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown processor'}`;
}

function jsonReport(figures: readonly Figure[]): string {
  const complete = figures.map((figure) => ({ ...figure, ratio: ratioOf(figure), reached: isReached(figure) }));
  return `${JSON.stringify({ machine: machine(), figures: complete }, null, 2)}\n`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  say(error instanceof UsageError ? `${error.message}; see --help` : String(error));
  process.exitCode = 1;
});
