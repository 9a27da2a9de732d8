import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pollUntil } from '@alertagent/local-stack';
import { FakeClock } from './clock';
import { SmallDisk } from './full-disk';
import { LimitedGroup, limitOpenFiles, openFiles } from './limits';
import { crash, freeze, isAlive, isFrozen, thaw } from './pause';
import { CrashDisk } from './power-cut';
import { MissingPrivilegeError } from './system-command';

const isRoot = process.getuid?.() === 0;
const children: ChildProcess[] = [];

/** A Node program; resolves when it has printed its first line. */
async function program(
  script: string,
  env: Record<string, string> = {},
  starter: readonly string[] = [],
): Promise<ChildProcess & { pid: number }> {
  const [file = '', ...args] = [...starter, process.execPath, '-e', script];
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'readable');
  return child as ChildProcess & { pid: number };
}

afterEach(() => crash(children.splice(0).flatMap(({ pid }) => (pid === undefined ? [] : [pid]))));

/** Runs `work` where the privilege is there; elsewhere the refusal must say what is needed. */
async function asRoot<T>(make: () => Promise<T>, work: (fault: T) => Promise<void>): Promise<void> {
  if (isRoot) return work(await make());
  await expect(make()).rejects.toThrow(MissingPrivilegeError);
}

describe('a pause', () => {
  it('freezes a process, lets it go on, and a crash ends it even when frozen', async () => {
    const { pid } = await program('setInterval(() => {}, 1000); console.log(1)');
    freeze([pid]);
    await pollUntil(() => isFrozen(pid), { what: 'the process to be frozen' });
    thaw([pid]);
    await pollUntil(() => !isFrozen(pid), { what: 'the process to go on' });
    freeze([pid]);
    crash([pid]);
    await pollUntil(() => !isAlive(pid), { what: 'the process to be dead' });
  });
});

describe('a power cut', () => {
  it('keeps what was synced and takes what was only written', () =>
    asRoot(
      () => CrashDisk.create({ sizeMb: 64 }),
      async (disk) => {
        try {
          const [synced, unsynced] = [join(disk.mountPoint, 'synced'), join(disk.mountPoint, 'unsynced')];
          const { pid } = await program(`
            const fs = require('node:fs');
            const fd = fs.openSync(${JSON.stringify(synced)}, 'w');
            fs.writeSync(fd, 'safe'); fs.fsyncSync(fd); fs.fsyncSync(fs.openSync(${JSON.stringify(disk.mountPoint)}, 'r'));
            fs.writeFileSync(${JSON.stringify(unsynced)}, 'x'.repeat(100000));
            setInterval(() => {}, 1000); console.log(1)`);
          expect(readFileSync(unsynced)).toHaveLength(100_000);
          await disk.cut([pid]);
          expect(isAlive(pid)).toBe(false);
          expect(await readFile(synced, 'utf8')).toBe('safe');
          const left = await readFile(unsynced).catch(() => Buffer.alloc(0));
          expect(left).not.toHaveLength(100_000);
          // It is a disk like any other afterwards.
          await writeFile(unsynced, 'new');
          await disk.cut([]);
          expect(await readFile(synced, 'utf8')).toBe('safe');
        } finally {
          await disk.close();
        }
      },
    ));
});

describe('a full disk', () => {
  it('refuses writes until its space is given back', () =>
    asRoot(
      () => SmallDisk.create({ sizeMb: 4 }),
      async (disk) => {
        try {
          const file = join(disk.mountPoint, 'file');
          await disk.fill();
          expect(() => writeFileSync(file, Buffer.alloc(100_000))).toThrow(/ENOSPC/);
          await disk.release();
          writeFileSync(file, Buffer.alloc(100_000));
          await disk.fill(200_000);
          expect(await disk.freeBytes()).toBeLessThanOrEqual(200_704);
          expect(await disk.freeBytes()).toBeGreaterThan(100_000);
        } finally {
          await disk.close();
        }
      },
    ));
});

describe('a clock', () => {
  it('steps ahead, back, and runs faster in a running process while timers stay right', async () => {
    const clock = await FakeClock.create();
    try {
      const child = await program(
        `const lines = require('node:readline').createInterface({ input: process.stdin });
         lines.on('line', () => console.log(JSON.stringify({ wall: Date.now(), steady: performance.now() })));
         console.log('{}')`,
        clock.environment,
      );
      const answers = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
      await answers.next();
      const ask = async (): Promise<{ offset: number; steady: number }> => {
        child.stdin!.write('\n');
        const { wall, steady } = JSON.parse((await answers.next()).value as string) as { wall: number; steady: number };
        return { offset: wall - Date.now(), steady };
      };
      const honest = await ask();
      expect(Math.abs(honest.offset)).toBeLessThan(60_000);
      clock.step(7_200_000);
      const ahead = await ask();
      expect(Math.round(ahead.offset / 60_000)).toBe(120);
      expect(ahead.steady - honest.steady).toBeLessThan(3_600_000);
      clock.step(-3_600_000);
      expect(Math.round((await ask()).offset / 60_000)).toBe(-60);
      clock.speed(2);
      const fast = await ask();
      await pollUntil(async () => (await ask()).offset > fast.offset + 200, { what: 'the clock to gain' });
    } finally {
      await clock.close();
    }
  });
});

describe('limits', () => {
  it('let a process have only so many open files', async () => {
    const child = await program(
      `const fs = require('node:fs');
       process.stdin.on('data', () => {
         try { for (;;) fs.openSync('/dev/null', 'r'); } catch (error) { console.log(error.code); }
       });
       console.log('ready')`,
    );
    child.stdout!.read();
    await limitOpenFiles(child.pid, 40);
    child.stdin!.write('go');
    await once(child.stdout!, 'readable');
    expect(String(child.stdout!.read())).toContain('EMFILE');
    expect(await openFiles(child.pid)).toBeLessThan(60);
  });

  it('slow a process down to its share of a core', () =>
    asRoot(
      () => LimitedGroup.create({ cpu: 0.1 }),
      async (group) => {
        const { pid } = await program('console.log(1); for (;;);');
        await group.add(pid);
        const used = (): number => {
          const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
          return (Number(fields[11]) + Number(fields[12])) * 10;
        };
        const [before, begun] = [used(), performance.now()];
        await pollUntil(() => performance.now() - begun > 1_500, { what: 'a while to pass', intervalMs: 100 });
        // A tenth is the limit; alone on the machine it would have used all of it.
        expect((used() - before) / (performance.now() - begun)).toBeLessThan(0.3);
        crash([pid]);
        await group.close();
      },
    ));

  it('end a process that takes more memory than it may, and count it', () =>
    asRoot(
      () => LimitedGroup.create({ memoryBytes: 120 * 1_048_576 }),
      async (group) => {
        const child = await program(
          `const kept = []; process.stdin.on('data', () => { for (;;) kept.push(Buffer.alloc(1 << 20, 1)); }); console.log(1)`,
          {},
          group.starter,
        );
        const ended = once(child, 'exit');
        child.stdin!.write('go');
        expect((await ended)[1]).toBe('SIGKILL');
        expect(await group.oomKills()).toBe(1);
        expect(await group.peakBytes()).toBeLessThanOrEqual(120 * 1_048_576);
        await group.close();
      },
    ));
});
