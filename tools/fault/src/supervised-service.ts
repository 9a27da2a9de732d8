import { setTimeout as delay } from 'node:timers/promises';
import { GuardedProcess, pollUntil, type GuardedCommand } from '@alertagent/local-stack';

/** Milliseconds between the end of a process and its next start: what systemd waits unless told. */
const RESTART_AFTER_MS = 100;
const READY_TIMEOUT_MS = 60_000;

/** One life of a supervised process; times are epoch milliseconds. */
export interface Life {
  startedAt: number;
  /** When it first said that it is ready; null if it never did. */
  readyAt: number | null;
  endedAt: number | null;
  /** Exit code; null while it runs and after a signal. */
  exitCode: number | null;
}

/** A line of a service's log that reports trouble. */
export interface TroubleLine {
  service: string;
  level: string;
  text: string;
}

/** A real service of the product in a process of its own, started again 100 ms after it ended. */
export class SupervisedService {
  readonly lives: Life[] = [];
  /** Log lines of level `error` and `fatal`, and whatever is no log line at all. */
  readonly trouble: TroubleLine[] = [];
  private process: GuardedProcess | null = null;
  private isStopping = false;
  private isHeld = false;
  private loop: Promise<void> = Promise.resolve();
  private wake: () => void = () => undefined;

  constructor(
    /** E.g. `gateway-1`. */
    readonly name: string,
    private readonly command: () => GuardedCommand,
    /** Its port with /health, /ready and /metrics. */
    readonly opsPort: number,
    /** Its public port; null when it has none. */
    readonly httpPort: number | null,
  ) {}

  /** `http://127.0.0.1:<public port>` */
  get url(): string {
    return `http://127.0.0.1:${this.httpPort ?? this.opsPort}`;
  }

  get opsUrl(): string {
    return `http://127.0.0.1:${this.opsPort}`;
  }

  get isRunning(): boolean {
    return this.process?.isRunning ?? false;
  }

  /** Process id of the present life; 0 while there is none. */
  get pid(): number {
    return this.process?.isRunning ? this.process.pid : 0;
  }

  /** The last few hundred lines of the present (or last) life. */
  log(): string {
    return this.process?.log() ?? '';
  }

  start(): void {
    this.loop = this.run();
  }

  /** Sends a signal to the present process; returns at once. */
  kill(signal: NodeJS.Signals): void {
    this.process?.kill(signal);
  }

  /** Ends the present process and resolves to its exit code (null after a signal); it is started again unless held. */
  async end(signal: NodeJS.Signals, patienceMs = 30_000): Promise<number | null> {
    const { process } = this;
    if (!process) return null;
    process.kill(signal);
    const timer = setTimeout(() => process.kill('SIGKILL'), patienceMs);
    const code = await process.exited;
    clearTimeout(timer);
    return code;
  }

  /** From now on it is not started again when it ends. */
  hold(): void {
    this.isHeld = true;
  }

  /** Starts it again, now and after each further end. */
  release(): void {
    this.isHeld = false;
    this.wake();
  }

  /** What /ready answers now; null when nothing answers. */
  async ready(): Promise<boolean | null> {
    return this.probe('/ready');
  }

  /** What /health answers now; null when nothing answers. */
  async healthy(): Promise<boolean | null> {
    return this.probe('/health');
  }

  /** Resolves when the present life says that it is ready. Errors: not within `timeoutMs`; the message has its last lines. */
  async whenReady(timeoutMs = READY_TIMEOUT_MS): Promise<void> {
    await pollUntil(async () => this.isRunning && (await this.ready()), {
      what: `${this.name} to be ready`,
      timeoutMs,
      intervalMs: 25,
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.log().split('\n').slice(-20).join('\n')}`, { cause: error });
    });
    // Whoever waited may end it before the next look of `watch`.
    const life = this.lives.at(-1);
    if (life) life.readyAt ??= Date.now();
  }

  /** Waits until it does in the background what it does there: a thread that starts after readiness has a metric of its own. */
  async whenWhole(metric: string): Promise<void> {
    const isShown = async (): Promise<boolean> =>
      (await (await fetch(`${this.opsUrl}/metrics`)).text()).includes(metric);
    await pollUntil(isShown, { what: `${metric} of ${this.name}`, timeoutMs: READY_TIMEOUT_MS, intervalMs: 25 });
  }

  /** Milliseconds from the end of each life to the readiness of the next one. */
  recoveriesMs(): number[] {
    return this.lives.flatMap((life, index) => {
      const next = this.lives[index + 1];
      return life.endedAt !== null && next?.readyAt ? [next.readyAt - life.endedAt] : [];
    });
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.wake();
    await this.process?.stop();
    await this.loop;
  }

  private async run(): Promise<void> {
    for (;;) {
      if (this.isHeld) await new Promise<void>((resolve) => (this.wake = resolve));
      if (this.isStopping) return;
      const life: Life = { startedAt: Date.now(), readyAt: null, endedAt: null, exitCode: null };
      const process = new GuardedProcess({ ...this.command(), onLine: (line) => this.read(line) });
      this.process = process;
      this.lives.push(life);
      void this.watch(process, life);
      life.exitCode = await process.exited;
      life.endedAt = Date.now();
      if (this.isStopping) return;
      if (!this.isHeld) await Promise.race([delay(RESTART_AFTER_MS), this.stopAsked()]);
    }
  }

  private stopAsked(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }

  /** Notes when a life becomes ready. */
  private async watch(process: GuardedProcess, life: Life): Promise<void> {
    while (process.isRunning && life.readyAt === null) {
      if (await this.ready()) life.readyAt = Date.now();
      else await delay(20);
    }
  }

  private async probe(path: string): Promise<boolean | null> {
    try {
      const response = await fetch(`${this.opsUrl}${path}`, { signal: AbortSignal.timeout(2_000) });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return null;
    }
  }

  private read(line: string): void {
    const level = /"level":"(error|fatal)"/.exec(line)?.[1] ?? (line.startsWith('{') ? null : 'not a log line');
    if (level !== null && this.trouble.length < 1_000) this.trouble.push({ service: this.name, level, text: line });
  }
}
