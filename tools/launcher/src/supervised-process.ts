import { GuardedProcess, type GuardedCommand } from '@alertagent/local-stack';
import { say, showLine } from './terminal';

/** `EX_CONFIG`: starting again would fail again. */
const EXIT_CONFIGURATION = 78;
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 10_000;
/** A process that ran this long was healthy: the next failure starts with the shortest delay again. */
const HEALTHY_AFTER_MS = 30_000;

/** Keeps one program running: started again with growing delay when it ends, until it is stopped. */
export class SupervisedProcess {
  private process: GuardedProcess | null = null;
  private stopping = false;
  private failures = 0;
  private wake: (() => void) | null = null;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    readonly name: string,
    private readonly command: Omit<GuardedCommand, 'onLine'>,
    /** Called when the program cannot run as it is configured. */
    private readonly onHopeless: (name: string) => void,
  ) {}

  start(): void {
    this.loop = this.run();
  }

  /** Ends the present process; it is started again at once. */
  restart(): void {
    this.failures = 0;
    this.process?.kill('SIGTERM');
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.wake?.();
    await this.process?.stop();
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      const started = Date.now();
      this.process = new GuardedProcess({ ...this.command, onLine: (line) => showLine(this.name, line) });
      const code = await this.process.exited;
      if (this.stopping) return;
      if (code === EXIT_CONFIGURATION) return this.onHopeless(this.name);
      this.failures = Date.now() - started > HEALTHY_AFTER_MS ? 1 : this.failures + 1;
      const delayMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (this.failures - 1));
      say(`${this.name} ended with ${code === null ? 'a signal' : `code ${code}`}; starting it again in ${delayMs} ms`);
      await this.pause(delayMs);
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
