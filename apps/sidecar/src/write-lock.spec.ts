import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { LockHeld, WriteLock } from './write-lock';

describe('the write lock', () => {
  let directory: string;
  let path: string;
  let lockPath: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'alertagent-lock-'));
    path = join(directory, 'rules.yml');
    lockPath = join(directory, '.rules.yml.lock');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const leaveLock = (holder: object, ageS = 0): void => {
    writeFileSync(lockPath, JSON.stringify(holder));
    const then = Date.now() / 1_000 - ageS;
    utimesSync(lockPath, then, then);
  };

  it('is given to one at a time and can be taken again after its release', async () => {
    const first = await WriteLock.take(path);
    await expect(WriteLock.take(path)).rejects.toThrow(LockHeld);
    await first.release();
    expect(existsSync(lockPath)).toBe(false);
    await (await WriteLock.take(path)).release();
  });

  it('is taken over from a process that is dead or is another process by now', async () => {
    leaveLock({ pid: 2 ** 22 + 1, started: '1', host: hostname() });
    await (await WriteLock.take(path)).release();
    leaveLock({ pid: process.pid, started: '1', host: hostname() });
    await (await WriteLock.take(path)).release();
  });

  it('is respected on another host while it is renewed, and taken over when it is not', async () => {
    leaveLock({ pid: 1, started: '1', host: 'elsewhere' });
    await expect(WriteLock.take(path)).rejects.toThrow(/process 1 on elsewhere/);
    leaveLock({ pid: 1, started: '1', host: 'elsewhere' }, 60);
    await (await WriteLock.take(path)).release();
  });

  it('notices at renewal that it was taken away, and then leaves the lock of the other alone', async () => {
    const lock = await WriteLock.take(path);
    expect(await lock.renew()).toBe(true);
    leaveLock({ pid: 1, started: '1', host: 'elsewhere' });
    expect(await lock.renew()).toBe(false);
    await lock.release();
    expect(readFileSync(lockPath, 'utf8')).toContain('elsewhere');
  });

  it('of two that take over a left-over lock at once only one wins', async () => {
    leaveLock({ pid: 1, started: '1', host: 'elsewhere' }, 60);
    const results = await Promise.allSettled([WriteLock.take(path), WriteLock.take(path), WriteLock.take(path)]);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  });
});
