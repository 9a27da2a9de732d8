import { mkdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makeTempDir, pollUntil, removeDir } from '@alertagent/local-stack';
import { crash, freeze, isAlive } from './pause';
import { demandRoot, systemCommand } from './system-command';

/** Tries to take a picture of a disk that nothing writes to meanwhile. */
const COPY_ATTEMPTS = 10;

/**
 * A file system whose power can be cut: an ext4 image behind a loop device. After a cut it holds what the block device had
 * received, as a real disk would: what was only in the page cache is gone. Needs root.
 */
export class CrashDisk {
  private generation = 0;

  private constructor(
    private readonly folder: string,
    /** Where its files are; the same before and after a cut. */
    readonly mountPoint: string,
    private readonly mountOptions: string,
  ) {}

  /** Makes and mounts an empty disk of `sizeMb`; the image is sparse. It writes its journal every 5 s unless told. */
  static async create({ sizeMb = 1_024, commitSeconds = 5 } = {}): Promise<CrashDisk> {
    demandRoot('A power cut');
    const folder = await makeTempDir('crash-disk');
    const disk = new CrashDisk(folder, join(folder, 'mnt'), `loop,commit=${commitSeconds}`);
    await mkdir(disk.mountPoint);
    await systemCommand('truncate', '-s', `${sizeMb}M`, disk.image);
    await systemCommand('mkfs.ext4', '-q', '-F', disk.image);
    await disk.mount();
    return disk;
  }

  /**
   * Cuts the power of everything that lives on this disk: freezes the processes, copies what the disk has, kills them, and
   * mounts the copy in place of the disk. Whoever lives here must be started again by the caller.
   */
  async cut(pids: readonly number[]): Promise<void> {
    freeze(pids);
    const crashed = this.imageOf(this.generation + 1);
    await this.copyQuietly(crashed);
    crash(pids);
    await pollUntil(() => pids.every((pid) => !isAlive(pid)), { what: 'everything on the disk to be dead' });
    await this.unmount();
    await rm(this.image);
    this.generation += 1;
    await this.mount();
  }

  async close(): Promise<void> {
    await this.unmount();
    await removeDir(this.folder);
  }

  private get image(): string {
    return this.imageOf(this.generation);
  }

  private imageOf(generation: number): string {
    return join(this.folder, `disk-${generation}.img`);
  }

  /** A copy during which the kernel wrote to the disk would be of no moment at all: it is taken again. */
  private async copyQuietly(copy: string): Promise<void> {
    for (let attempt = 1; attempt <= COPY_ATTEMPTS; attempt += 1) {
      const before = await this.sectorsWritten();
      await systemCommand('cp', '--sparse=always', this.image, copy);
      if ((await this.sectorsWritten()) === before) return;
    }
    throw new Error(`The disk was never quiet in ${COPY_ATTEMPTS} attempts to copy it.`);
  }

  private async sectorsWritten(): Promise<string> {
    const device = (await systemCommand('findmnt', '-n', '-o', 'SOURCE', this.mountPoint)).trim();
    const statistics = await readFile(`/sys/block/${basename(device)}/stat`, 'utf8');
    return statistics.trim().split(/\s+/).slice(4, 7).join(' ');
  }

  private async mount(): Promise<void> {
    await systemCommand('mount', '-o', this.mountOptions, this.image, this.mountPoint);
  }

  private async unmount(): Promise<void> {
    // A process that was just killed may hold a file for a moment.
    await pollUntil(
      async () => {
        await systemCommand('umount', this.mountPoint);
        return true;
      },
      { what: `${this.mountPoint} to be unmounted`, intervalMs: 100 },
    );
  }
}
