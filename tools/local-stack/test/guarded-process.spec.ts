import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pollUntil } from '../src/poll-until';
import { GuardedProcess } from '../src/processes/guarded-process';

const built = join(__dirname, '..', 'dist', 'index.js');

/** State and session of a process, from the kernel; null when there is none. */
function facts(pid: number): { state: string; session: number } | null {
  try {
    const [state = '', , , session] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { state, session: Number(session) };
  } catch {
    return null;
  }
}

/** Whether a process runs; one that has ended but was not collected by its parent does not. */
function runs(pid: number): boolean {
  const found = facts(pid);
  return found !== null && found.state !== 'Z';
}

/** All running processes of a session; the guard gives each program one of its own. */
function membersOf(session: number): number[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return pids.filter((pid) => runs(pid) && facts(pid)?.session === session);
}

describe('GuardedProcess', () => {
  it('dies with all its children when its parent is killed with SIGKILL, and leaves no watcher behind', async () => {
    const script = `const { GuardedProcess } = require(${JSON.stringify(built)});
      const child = new GuardedProcess({ file: '/bin/sh', args: ['-c', 'sleep 300 & echo grandchild $!; wait'], onLine: (line) => console.log(line, child.pid) });`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const line = await new Promise<string>((resolve) =>
      createInterface({ input: parent.stdout }).once('line', resolve),
    );
    const pids = line.match(/\d+/g)?.map(Number) ?? [];
    expect(pids).toHaveLength(2);
    expect(pids.map(runs)).toEqual([true, true]);
    // The program, its child and the watcher.
    expect(membersOf(pids[1] ?? 0).length).toBeGreaterThanOrEqual(3);
    parent.kill('SIGKILL');
    await pollUntil(() => pids.every((pid) => !runs(pid)), { what: 'the child and the grandchild to be gone' });
    const session = pids[1] ?? 0;
    await pollUntil(() => membersOf(session).length === 0, { what: 'its session to be empty' });
  });

  it('passes signals to the program itself and reports its exit code', async () => {
    const child = new GuardedProcess({
      file: '/bin/sh',
      args: ['-c', 'trap "exit 7" TERM; echo up; while :; do sleep 0.05; done'],
    });
    await pollUntil(() => child.log() === 'up', { what: 'the program to be up' });
    child.kill('SIGTERM');
    expect(await child.exited).toBe(7);
    expect(child.isRunning).toBe(false);
  });

  it('ends a program that ignores the polite signal, even a frozen one', async () => {
    const child = new GuardedProcess({
      file: '/bin/sh',
      args: ['-c', 'trap "" TERM; echo up; while :; do sleep 0.05; done'],
    });
    await pollUntil(() => child.log() === 'up', { what: 'the program to be up' });
    child.kill('SIGSTOP');
    await child.stop('SIGTERM', 100);
    expect(await child.exited).toBeNull();
  });

  it('reports a program that does not exist as ended, with the reason in its log', async () => {
    const child = new GuardedProcess({ file: '/nonexistent/server', args: [] });
    expect(await child.exited).toBe(127);
    await pollUntil(() => child.log().includes('/nonexistent/server'), { what: 'the reason' });
  });
});
