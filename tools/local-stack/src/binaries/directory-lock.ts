import { mkdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { pollUntil } from '../poll-until';

// Longer than any installation here; only a holder on another machine that shares the folder is judged by age.
const ABANDONED_MS = 15 * 60_000;
const PATIENCE_MS = 10 * 60_000;

/** Tells one holding from another: the process and, within it, the call. */
let holdings = 0;

function isDead(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  const [host, pid] = (await readFile(file, 'utf8')).split(' ');
  if (host === hostname() && pid) return isDead(Number(pid));
  return Date.now() - (await stat(file)).mtimeMs > ABANDONED_MS;
}

/** Removes the lock of a dead holder. Only one process at a time may judge, or the second would remove the first one's new lock. */
async function clearAbandoned(file: string): Promise<void> {
  const judging = `${file}.judging`;
  try {
    await mkdir(judging);
  } catch {
    return;
  }
  try {
    if (await isAbandoned(file)) await rm(file, { force: true });
  } finally {
    await rmdir(judging);
  }
}

async function tryToTake(file: string, holder: string): Promise<boolean> {
  try {
    await writeFile(file, holder, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await clearAbandoned(file);
    return false;
  }
}

/**
 * Runs `work` while no other process (or call) runs one under the same folder and name. The lock of a process
 * that died is taken over. Errors: after ten minutes of waiting, naming the file to remove.
 */
export async function withDirectoryLock<T>(folder: string, name: string, work: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name}.lock`);
  holdings += 1;
  const holder = `${hostname()} ${process.pid} ${holdings}`;
  await pollUntil(() => tryToTake(file, holder), {
    what: `the lock ${file} (remove it if nothing is being installed)`,
    timeoutMs: PATIENCE_MS,
    intervalMs: 100,
  });
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}
