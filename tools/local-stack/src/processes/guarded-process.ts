import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { createInterface } from 'node:readline';

/** What to run, and how. */
export interface GuardedCommand {
  /** Path of the program. */
  file: string;
  args: readonly string[];
  /** Working directory; the parent's unless given. */
  cwd?: string;
  /** The whole environment; the parent's unless given. */
  env?: NodeJS.ProcessEnv;
  /** Receives each line of stdout and stderr, without the line end. */
  onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

const KEPT_LINES = 400;

// The shell turns into the program (exec: same pid, same exit code, signals arrive directly) and leaves a watcher
// behind, an orphan of about 1 MB that reads a pipe whose other end only we hold. A line means "it has ended, go
// away"; end of file without a line means that we are dead, by SIGKILL too: the program's process group dies with us.
const GUARD = `
( ( if ! read -r _ <&3; then kill -KILL -$$ 2>/dev/null; fi ) </dev/null >/dev/null 2>&1 & )
exec "$@" 3<&-`;

/**
 * A program that can't outlive the process that started it, not even when that one is killed with SIGKILL.
 * It runs in a session of its own, so that Ctrl-C in a terminal reaches only the parent, which then stops
 * everything in order. POSIX systems only.
 */
export class GuardedProcess {
  /** Resolves once the program has ended: its exit code, or null when a signal ended it. */
  readonly exited: Promise<number | null>;
  private readonly child: ChildProcess;
  private readonly lines: string[] = [];
  private ended = false;

  constructor(private readonly command: GuardedCommand) {
    this.child = spawn('/bin/sh', ['-c', GUARD, 'guard', command.file, ...command.args], {
      cwd: command.cwd,
      env: command.env ?? process.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const [, stdout, stderr, lifeline] = this.child.stdio;
    this.read(stdout as Readable, 'stdout');
    this.read(stderr as Readable, 'stderr');
    const watcher = lifeline as Writable;
    watcher.on('error', () => undefined);
    this.exited = new Promise((resolve) => {
      const finish = (code: number | null): void => {
        this.ended = true;
        watcher.end('ended\n');
        resolve(code);
      };
      this.child.once('exit', finish);
      this.child.once('error', (error) => {
        this.keep(`could not be started: ${error.message}`);
        finish(null);
      });
    });
  }

  /** The program's process id; 0 when it could not be started at all. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isRunning(): boolean {
    return !this.ended;
  }

  /** The last few hundred lines it wrote. */
  log(): string {
    return this.lines.join('\n');
  }

  /** Sends a signal to its whole process group; nothing happens when it has ended. */
  kill(signal: NodeJS.Signals): void {
    if (this.ended || this.pid === 0) return;
    // `exited` comes later than the end itself: then there is no such group any more.
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Asks it to end, also when it was frozen by SIGSTOP; kills it after `patienceMs`. Resolves once it has ended. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', patienceMs = 10_000): Promise<void> {
    this.kill(signal);
    this.kill('SIGCONT');
    const timer = setTimeout(() => this.kill('SIGKILL'), patienceMs);
    await this.exited;
    clearTimeout(timer);
  }

  private read(stream: Readable, name: 'stdout' | 'stderr'): void {
    stream.on('error', () => undefined);
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
      this.keep(line);
      this.command.onLine?.(line, name);
    });
  }

  private keep(line: string): void {
    this.lines.push(line);
    if (this.lines.length > KEPT_LINES) this.lines.shift();
  }
}
