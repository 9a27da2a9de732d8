import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLUSTER_ID, SYNC_TOKEN } from './fake-config-service';
import { until } from './until';

const MAIN = join(__dirname, '..', 'dist', 'main.js');
/** The flags that the sidecar is started with in production: its small heap is part of what is tested. */
const nodeFlags = (heapMib: number): string[] => [
  '--max-semi-space-size=1',
  `--max-old-space-size=${heapMib}`,
  '--lite-mode',
];

/** A sidecar running as its own process. */
export class SidecarProcess {
  private output = '';

  private constructor(readonly process: ChildProcess) {
    process.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    process.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  /** Starts the built program with a heap of its production size; `env` is added to a working environment. */
  static start(
    env: { ALERTAGENT_ENDPOINT: string; CONFIG_PATH: string; RELOAD_URL: string } & Record<string, string>,
    args: string[] = [],
    heapMib = 24,
  ): SidecarProcess {
    if (!existsSync(MAIN)) throw new Error('build the sidecar first: npx tsc -b apps/sidecar');
    const defaults = {
      PATH: '/nonexistent',
      CLUSTER_ID,
      CONFIG_TYPE: 'prometheus',
      ALERTAGENT_TOKEN: SYNC_TOKEN,
      SYNC_INTERVAL: '500ms',
      RELOAD_TIMEOUT: '2s',
      MEMBER_NAME: 'member-1',
    };
    return new SidecarProcess(
      spawn(process.execPath, [...nodeFlags(heapMib), MAIN, ...args], {
        env: { ...defaults, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }

  /** All log lines and error output so far. */
  get log(): string {
    return this.output;
  }

  /** Resident memory in MiB. */
  get rssMib(): number {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.process.pid}/status`, 'utf8'));
    return Number(line?.[1]) / 1_024;
  }

  /** Waits for the end and answers the exit code, or the name of the signal. */
  ended(): Promise<number | string> {
    return until('the sidecar to end', () => this.process.exitCode ?? this.process.signalCode ?? undefined);
  }

  /** Asks it to stop and waits for the end. */
  async stop(): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGTERM');
      await this.ended();
    }
    return this.process.exitCode;
  }
}
