import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureBinaries, withTempDir } from '@alertagent/local-stack';

const run = promisify(execFile);

/** Runs `promtool test rules` on a test file beside its rule file `rules.yml`. Answers what it says against it; null when all is as expected. */
export async function promtoolTest(rules: object, test: object): Promise<string | null> {
  const { promtool } = await ensureBinaries(['promtool']);
  return withTempDir(async (folder) => {
    await writeFile(join(folder, 'rules.yml'), JSON.stringify(rules));
    const file = join(folder, 'test.yml');
    await writeFile(file, JSON.stringify({ rule_files: ['rules.yml'], ...test }));
    try {
      await run(promtool, ['test', 'rules', file], { maxBuffer: 64 * 1024 * 1024 });
      return null;
    } catch (error) {
      if (typeof error !== 'object' || error === null || !('code' in error) || error.code !== 1) throw error;
      const { stdout, stderr } = error as unknown as { stdout: string; stderr: string };
      return `${stdout}\n${stderr}`;
    }
  });
}
