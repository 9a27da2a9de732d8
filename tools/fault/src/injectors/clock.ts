import { existsSync, writeFileSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AptArchive, installDirectory, makeTempDir, removeDir, withDirectoryLock } from '@alertagent/local-stack';

const LIBRARY = 'libfaketime.so.1';

async function find(folder: string): Promise<string | null> {
  if (!existsSync(folder)) return null;
  const entries = await readdir(folder, { recursive: true });
  const found = entries.find((entry) => entry.endsWith(`/${LIBRARY}`));
  return found === undefined ? null : join(folder, found);
}

/**
 * The library that lies to a process about the time: fetched from the distribution's packages into the private folder of the
 * local stack, never installed. Errors: no apt, or no such package.
 */
async function ensureLibrary(): Promise<string> {
  const folder = join(installDirectory(), 'faketime');
  const present = await find(folder);
  if (present) return present;
  return withDirectoryLock(installDirectory(), 'faketime', async () => {
    const raced = await find(folder);
    if (raced) return raced;
    const scratch = join(installDirectory(), 'faketime-scratch');
    const draft = `${folder}.draft`;
    try {
      const archive = new AptArchive(scratch, process.env);
      await archive.unpack(['libfaketime'], draft).catch(async () => {
        await archive.refresh();
        await archive.unpack(['libfaketime'], draft);
      });
      await rm(folder, { recursive: true, force: true });
      await rename(draft, folder);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
    const library = await find(folder);
    if (!library) throw new Error(`The package libfaketime holds no ${LIBRARY}.`);
    return library;
  });
}

/**
 * A clock of its own for the processes started with `environment`: it can be set ahead, back or to another speed while they
 * run. Works for Node; programs that ask the kernel themselves, like those written in Go, don't notice. The monotonic clock,
 * and with it timers, stays right.
 */
export class FakeClock {
  private constructor(
    private readonly folder: string,
    private readonly library: string,
  ) {
    this.set('+0');
  }

  static async create(): Promise<FakeClock> {
    return new FakeClock(await makeTempDir('clock'), await ensureLibrary());
  }

  /** Variables to start a process with. */
  get environment(): Record<string, string> {
    return {
      LD_PRELOAD: this.library,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** Steps the clock so many milliseconds away from the true time; negative is back. */
  step(milliseconds: number): void {
    this.set(`${milliseconds < 0 ? '-' : '+'}${Math.abs(milliseconds) / 1_000}`);
  }

  /** Lets the clock run `factor` times as fast from now on. */
  speed(factor: number): void {
    this.set(`+0 x${factor}`);
  }

  async close(): Promise<void> {
    await removeDir(this.folder);
  }

  private set(text: string): void {
    writeFileSync(this.file, `${text}\n`);
  }

  private get file(): string {
    return join(this.folder, 'time');
  }
}
