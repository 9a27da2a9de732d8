import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { errorCode } from './error-code';

/** A lock of another machine (or container) that was not renewed for this long is left over, in ms. */
const STALE_MS = 20_000;

/** How often the holder renews its lock, in ms. */
export const RENEW_MS = 5_000;

/** Another living sidecar keeps this file. */
export class LockHeld extends Error {
  constructor(path: string, holder: string) {
    super(
      `another sidecar (${holder}) already keeps this file; only one may write it. Stop one of them. (lock: ${path})`,
    );
    this.name = 'LockHeld';
  }
}

interface Holder {
  pid: number;
  started: string;
  host: string;
}

/**
 * One writer per configuration file: `.<name>.lock` holds pid, start time and host of the writer. On the same host a
 * dead or different process is found by pid and start time; from another host (a volume mounted twice) the age of
 * the last renewal decides.
 */
export class WriteLock {
  private constructor(
    private readonly path: string,
    private readonly content: string,
  ) {}

  /** Takes the lock or throws LockHeld. A left-over lock is taken over. */
  static async take(configPath: string): Promise<WriteLock> {
    const path = join(dirname(configPath), `.${basename(configPath)}.lock`);
    const content = JSON.stringify({
      pid: process.pid,
      started: startOf(process.pid) ?? '',
      host: hostname(),
    } satisfies Holder);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (await createExclusively(path, content)) return new WriteLock(path, content);
      const found = await readText(path);
      if (found === null) continue;
      if (await isAlive(path, found)) {
        // The holder reports who else was started for its file; without the note it would never know.
        await writeFile(refusedPath(path), content).catch(() => undefined);
        throw new LockHeld(path, describe(found));
      }
      await removeIfStill(path, found);
    }
    throw new LockHeld(path, 'unknown');
  }

  /** Shows that the holder lives. Answers false when the lock is no longer ours: the caller must stop writing. */
  async renew(): Promise<boolean> {
    if ((await readText(this.path)) !== this.content) return false;
    const now = new Date();
    await utimes(this.path, now, now).catch(() => undefined);
    return true;
  }

  /** Who was refused because of this lock since the last call; null for nobody. */
  async refused(): Promise<string | null> {
    const content = await readText(refusedPath(this.path));
    if (content === null) return null;
    await rm(refusedPath(this.path), { force: true });
    return describe(content);
  }

  /** Gives the lock up, if it is still ours. */
  async release(): Promise<void> {
    if ((await readText(this.path)) === this.content) await rm(this.path, { force: true });
  }
}

async function createExclusively(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o644);
    try {
      await file.writeFile(content);
      // A lock that a power cut left empty names nobody, and would keep everybody out for as long as it looks young.
      await file.sync();
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isAlive(path: string, content: string): Promise<boolean> {
  const holder = parseHolder(content);
  if (holder?.host === hostname()) return startOf(holder.pid) === holder.started;
  const modified = await stat(path).then(
    (found) => found.mtimeMs,
    () => 0,
  );
  return Date.now() - modified < STALE_MS;
}

/** Moving first makes sure that of two sidecars taking over only one removes; a lock changed meanwhile is put back. */
async function removeIfStill(path: string, judged: string): Promise<void> {
  const aside = `${path}.stale-${process.pid}-${randomInt(1_000_000)}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readText(aside)) !== judged) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

function refusedPath(path: string): string {
  return `${path}.refused`;
}

function parseHolder(content: string): Holder | null {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value !== 'object' || value === null) return null;
    const { pid, started, host } = value as Record<string, unknown>;
    return typeof pid === 'number' && typeof started === 'string' && typeof host === 'string'
      ? { pid, started, host }
      : null;
  } catch {
    return null;
  }
}

function describe(content: string): string {
  const holder = parseHolder(content);
  return holder === null ? 'unknown' : `process ${holder.pid} on ${holder.host}`;
}

async function readText(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

/** Start time of a process in clock ticks since boot, null when there is no such process. Linux reuses pids, not these. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces; the fields after it do not. Start time is field 22, 20th after the name.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const isDead = fields[0] === 'Z' || fields[0] === 'X';
    return isDead ? null : (fields[19] ?? null);
  } catch {
    return processExists(pid) ? 'unknown' : null;
  }
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
