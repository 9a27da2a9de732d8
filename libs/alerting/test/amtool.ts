import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureBinaries, withTempDir } from '@alertagent/local-stack';

const run = promisify(execFile);

/** What amtool answers about a configuration; null is that it refuses. */
export type AskAmtool = (text: string, ...command: string[]) => Promise<string | null>;

/** Which of many configurations amtool takes. */
export type JudgeAll = (texts: readonly string[]) => Promise<boolean[]>;

/** Files in one run: their names must fit in a command line. */
const AT_ONCE = 500;

/** The real amtool of this machine, and its version. */
export async function startAmtool(): Promise<{ ask: AskAmtool; judgeAll: JudgeAll; version: string }> {
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
  const judgeAll: JudgeAll = async (texts) => {
    const verdicts: boolean[] = [];
    while (verdicts.length < texts.length) {
      const some = texts.slice(verdicts.length, verdicts.length + AT_ONCE);
      verdicts.push(...(await withTempDir((folder) => judged(amtool, folder, some))));
    }
    return verdicts;
  };
  return { ask, judgeAll, version };
}

/** The verdicts on these texts, in their order; each file is named by its number. */
async function judged(amtool: string, folder: string, texts: readonly string[]): Promise<boolean[]> {
  const files = texts.map((_, index) => join(folder, `${index}.yml`));
  await Promise.all(files.map((file, index) => writeFile(file, texts[index]!)));
  const { stdout } = await run(amtool, ['check-config', ...files], { maxBuffer: 256 * 1024 * 1024 }).catch(
    (error: unknown) => {
      if (isExit(error, 1)) return error as unknown as { stdout: string };
      throw error;
    },
  );
  const said = new Map(
    [...stdout.matchAll(/^Checking '.*\/(\d+)\.yml' +(\w+)/gm)].map((match) => [match[1], match[2]]),
  );
  return texts.map((text, index) => {
    const verdict = said.get(String(index));
    if (verdict !== 'SUCCESS' && verdict !== 'FAILED') throw new Error(`amtool said nothing of this one:\n${text}`);
    return verdict === 'SUCCESS';
  });
}

const isExit = (error: unknown, code: number): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
