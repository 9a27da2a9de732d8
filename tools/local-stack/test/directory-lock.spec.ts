import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { withDirectoryLock } from '../src/binaries/directory-lock';
import { runCommand } from '../src/processes/run-command';
import { withTempDir } from '../src/temp-dir';

describe('withDirectoryLock', () => {
  it('lets one holder in at a time and the next one after it', async () => {
    await withTempDir(async (folder) => {
      let inside = 0;
      let most = 0;
      let done = 0;
      const work = async (): Promise<void> => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
        done += 1;
      };
      await Promise.all(Array.from({ length: 5 }, () => withDirectoryLock(folder, 'turn', work)));
      expect({ most, done }).toEqual({ most: 1, done: 5 });
    });
  });

  it('gives the lock back when the work fails', async () => {
    await withTempDir(async (folder) => {
      await expect(withDirectoryLock(folder, 'turn', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
      expect(existsSync(join(folder, 'turn.lock'))).toBe(false);
    });
  });

  it('takes over the lock of a process that died', async () => {
    await withTempDir(async (folder) => {
      const dead = await runCommand(process.execPath, ['-p', 'process.pid']);
      await writeFile(join(folder, 'turn.lock'), `${hostname()} ${dead.trim()} 1`);
      expect(await withDirectoryLock(folder, 'turn', () => Promise.resolve('in'))).toBe('in');
    });
  });
});
