import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh private folder (mode 0700) for one run; the caller removes it. `label` makes leftovers recognisable. */
export function makeTempDir(label = 'run'): Promise<string> {
  return mkdtemp(join(tmpdir(), `alertagent-${label}-`));
}

/** Removes a folder with all in it; silent when it is gone already. A dying server may still create files, hence the retries. */
export function removeDir(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

/** Runs `use` with a fresh folder that is removed afterwards, whatever happens. */
export async function withTempDir<T>(use: (folder: string) => Promise<T> | T, label?: string): Promise<T> {
  const folder = await makeTempDir(label);
  try {
    return await use(folder);
  } finally {
    await removeDir(folder);
  }
}
