import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureBinaries, withTempDir } from '@alertagent/local-stack';

const run = promisify(execFile);

/** What amtool answers about a configuration; null is that it refuses. */
export type AskAmtool = (text: string, ...command: string[]) => Promise<string | null>;

/** The real amtool of this machine, and its version. */
export async function startAmtool(): Promise<{ ask: AskAmtool; version: string }> {
  const { amtool } = await ensureBinaries(['amtool']);
  const { stdout } = await run(amtool, ['--version']);
  const version = /version (\d+\.\d+\.\d+)/.exec(stdout)![1]!;
  const ask: AskAmtool = (text, ...command) =>
    withTempDir(async (folder) => {
      const file = join(folder, 'alertmanager.yml');
      await writeFile(file, text);
      try {
        return (await run(amtool, [...command.map((part) => (part === 'FILE' ? file : part))])).stdout.trim();
      } catch (error) {
        // Whatever else went wrong, such as a kill or too little memory, is no verdict.
        if (isExit(error, 1)) return null;
        throw error;
      }
    });
  return { ask, version };
}

const isExit = (error: unknown, code: number): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
