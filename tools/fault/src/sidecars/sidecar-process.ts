import { join } from 'node:path';
import { GuardedProcess, pollUntil } from '@alertagent/local-stack';
import { SABOTAGE_VARIABLE, sabotageArguments } from '../sabotage';

/** The flags of production: its small heap is part of what is tested. */
const NODE_FLAGS = ['--max-semi-space-size=1', '--max-old-space-size=24', '--lite-mode'];

/** How a sidecar is started. */
export interface SidecarLaunch {
  /** Folder of the built product. */
  root: string;
  sabotage?: string;
  env: NodeJS.ProcessEnv;
  /** Put before the command, e.g. to give it another host name. */
  wrap?: readonly string[];
}

/** The built sidecar in a process of its own. */
export class SidecarProcess {
  private readonly process: GuardedProcess;

  constructor(launch: SidecarLaunch) {
    const { root, sabotage, env, wrap = [] } = launch;
    const main = join(root, 'apps', 'sidecar', 'dist', 'main.js');
    const command = [...wrap, process.execPath, ...NODE_FLAGS, ...sabotageArguments(sabotage), main];
    const [file = process.execPath, ...args] = command;
    this.process = new GuardedProcess({
      file,
      args,
      env: { PATH: process.env['PATH'], ...(sabotage === undefined ? {} : { [SABOTAGE_VARIABLE]: sabotage }), ...env },
    });
  }

  get pid(): number {
    return this.process.pid;
  }

  get isRunning(): boolean {
    return this.process.isRunning;
  }

  log(): string {
    return this.process.log();
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  stop(): Promise<void> {
    return this.process.stop();
  }

  /** Resolves to the exit code, null after a signal. Errors: it has not ended by then. */
  async ended(timeoutMs = 30_000): Promise<number | null> {
    await pollUntil(() => !this.process.isRunning, { what: 'the sidecar to end', timeoutMs, intervalMs: 5 });
    return this.process.exited;
  }
}
