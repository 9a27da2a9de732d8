import { readFileSync } from 'node:fs';

/** Process ids whose processes are to be stopped, oldest first. */
type Pids = readonly number[];

function signal(pids: Pids, name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      // It ended by itself, which is no business of a fault.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** Freezes processes as they are: sockets stay open, nothing answers. */
export function freeze(pids: Pids): void {
  signal(pids, 'SIGSTOP');
}

/** Lets frozen processes go on. */
export function thaw(pids: Pids): void {
  signal(pids, 'SIGCONT');
}

/** Ends processes as a crash does; frozen ones too. */
export function crash(pids: Pids): void {
  signal(pids, 'SIGKILL');
}

/** Whether a process exists and is frozen. */
export function isFrozen(pid: number): boolean {
  try {
    // The state is the first letter after the name, which stands in brackets and may hold anything.
    return /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Whether a process exists and has not ended. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
