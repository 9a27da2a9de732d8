import { makeTempDir, removeDir } from '@alertagent/local-stack';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from './random';
import type { FaultOptions, FaultRow, RowResult } from './row';
import { Stand } from './stand';

/** What is printed about a row. */
export interface RowReport extends RowResult {
  row: string;
  ok: boolean;
  seed: number;
  seconds: number;
  sabotage?: string;
}

/** Runs one row in a folder of its own and undoes everything it started. A row that throws has missed its bar. */
export async function runRow(row: FaultRow, options: FaultOptions, say: (text: string) => void): Promise<RowReport> {
  const began = performance.now();
  const directory = await makeTempDir(`fault-${row.id}`);
  const undo: (() => Promise<unknown> | void)[] = options.keep ? [] : [() => removeDir(directory)];
  const later = (step: () => Promise<unknown> | void): void => void undo.push(step);
  const log = (text: string): void => say(`${row.id}: ${text}`);
  let stands = 0;
  let result: RowResult;
  try {
    result = await row.run({
      options,
      directory,
      random: new Random(`${row.id} ${options.seed}`),
      later,
      log,
      async stand(standOptions = {}) {
        stands += 1;
        const own = join(directory, `stand-${stands}`);
        mkdirSync(own);
        return Stand.start(standOptions, { directory: own, root: options.root, sabotage: options.sabotage, later });
      },
    });
  } catch (error) {
    result = { figures: {}, problems: [`the row broke off: ${describe(error)}`] };
  }
  for (const step of undo.reverse()) {
    try {
      await step();
    } catch (error) {
      log(`cleaning up failed: ${describe(error)}`);
    }
  }
  if (options.keep) log(`everything is left in ${directory}`);
  const { figures, problems } = result;
  return {
    row: row.id,
    ok: problems.length === 0,
    seed: options.seed,
    seconds: Math.round((performance.now() - began) / 100) / 10,
    ...(options.sabotage === undefined ? {} : { sabotage: options.sabotage }),
    figures,
    problems,
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
