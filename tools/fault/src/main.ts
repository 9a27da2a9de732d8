import { resolve } from 'node:path';
import { listing, readCommand, usage, UsageError } from './cli';
import { runRow } from './harness';
import { FAULT_ROWS } from './rows';

const REPOSITORY = resolve(__dirname, '../../..');

function say(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}

async function main(args: string[]): Promise<void> {
  const command = readCommand(args, FAULT_ROWS, REPOSITORY);
  if (command.kind === 'help') return void process.stdout.write(usage());
  if (command.kind === 'list') return void process.stdout.write(listing(FAULT_ROWS));
  for (const row of command.rows) {
    say(`${row.id}: ${row.title} (${row.bar})`);
    const report = await runRow(row, command.options, say);
    process.stdout.write(`${JSON.stringify(report)}\n`);
    say(`${row.id}: ${report.ok ? 'holds' : 'MISSED'} after ${report.seconds} s`);
    for (const problem of report.problems) say(`${row.id}:   ${problem}`);
    if (!report.ok) process.exitCode = 1;
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  say(error instanceof UsageError ? `${error.message}; see --help` : String(error));
  process.exitCode = 2;
});
