import { mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempDir, pollUntil, removeDir } from '@alertagent/local-stack';
import { demandRoot, systemCommand } from './system-command';

/** How much less is taken at each further attempt, and how many there are. */
const ATTEMPT_BYTES = 16_384;
const MOST_ATTEMPTS = 50;

/** A file system of a fixed size that can be filled up and emptied again. Needs root. */
export class SmallDisk {
  private constructor(
    private readonly folder: string,
    /** Where its files are. */
    readonly mountPoint: string,
  ) {}

  /** Makes an empty one of `sizeMb` in memory. */
  static async create({ sizeMb }: { sizeMb: number }): Promise<SmallDisk> {
    demandRoot('A full disk');
    const folder = await makeTempDir('small-disk');
    const mountPoint = join(folder, 'mnt');
    await mkdir(mountPoint);
    await systemCommand('mount', '-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', mountPoint);
    return new SmallDisk(folder, mountPoint);
  }

  /** Bytes that can still be written. */
  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.mountPoint);
    return bavail * bsize;
  }

  /** Takes all space but `leaveBytes`. */
  async fill(leaveBytes = 0): Promise<void> {
    await this.release();
    for (let attempt = 0; ; attempt += 1) {
      const bytes = (await this.freeBytes()) - leaveBytes - attempt * ATTEMPT_BYTES;
      if (bytes <= 0) return;
      try {
        await systemCommand('fallocate', '-l', String(bytes), this.filler);
        return;
      } catch (error) {
        // Somebody else has taken some of it between the look and the grab.
        if (attempt >= MOST_ATTEMPTS) throw error;
      }
    }
  }

  /** Gives back the space that `fill` took. */
  async release(): Promise<void> {
    await rm(this.filler, { force: true });
  }

  async close(): Promise<void> {
    await pollUntil(
      async () => {
        await systemCommand('umount', this.mountPoint);
        return true;
      },
      { what: `${this.mountPoint} to be unmounted`, intervalMs: 100 },
    );
    await removeDir(this.folder);
  }

  private get filler(): string {
    return join(this.mountPoint, '.filler');
  }
}
