import { appendFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { freePort, releasePort } from '../free-port';
import { pollUntil } from '../poll-until';
import { makeTempDir, removeDir } from '../temp-dir';
import { GuardedProcess, type GuardedCommand } from './guarded-process';
import type { RunningServer, ServerOptions } from './running-server';

/** How one kind of server is started and recognised as ready. */
export interface ServerRecipe {
  /** Its name in messages and in the name of its temporary folder. */
  name: string;
  /** Prepares files if need be and says what to run. Called again for each port that is tried and each restart. */
  command(port: number, dataDir: string): Promise<GuardedCommand> | GuardedCommand;
  /** Resolves when the server answers on the port and is the one that was started; throws while it is not. */
  probe(port: number, dataDir: string): Promise<void>;
  /** Milliseconds until a start without an answer is given up; 30,000 unless told. */
  readyTimeoutMs?: number;
  /** The signal for an orderly end; SIGTERM unless told. */
  stopSignal?: NodeJS.Signals;
}

const PORT_ATTEMPTS = 5;
const TAKEN = /address already in use|EADDRINUSE|bind.*in use/i;

/** The server ended before it answered; the message carries its last lines. */
class StartFailure extends Error {
  constructor(
    message: string,
    readonly portWasTaken: boolean,
  ) {
    super(message);
  }
}

class SupervisedServer implements RunningServer {
  private process: GuardedProcess | undefined;
  private stopped = false;

  constructor(
    private readonly recipe: ServerRecipe,
    private readonly options: ServerOptions,
    private readonly dataDir: string,
    readonly port: number,
  ) {}

  get pid(): number {
    return this.current.pid;
  }

  get exited(): Promise<number | null> {
    return this.current.exited;
  }

  log(): string {
    return this.current.log();
  }

  kill(signal: NodeJS.Signals): void {
    this.current.kill(signal);
  }

  async start(): Promise<void> {
    const { recipe, options } = this;
    const command = await recipe.command(this.port, this.dataDir);
    const child = new GuardedProcess({
      ...command,
      args: [...command.args, ...(options.extraArgs ?? [])],
      onLine: options.onLine ? (line): void => options.onLine?.(line) : undefined,
    });
    this.process = child;
    try {
      await pollUntil(() => this.answersOrHasEnded(child), {
        what: `${recipe.name} to answer on port ${this.port}`,
        timeoutMs: recipe.readyTimeoutMs ?? 30_000,
        intervalMs: 20,
      });
    } catch (error) {
      child.kill('SIGKILL');
      await child.exited;
      throw new StartFailure(`${String(error)}\n${lastLines(child)}`, false);
    }
    if (!child.isRunning) {
      const code = await child.exited;
      const message = `${recipe.name} ended with ${code === null ? 'a signal' : `exit code ${code}`} before it answered on port ${this.port}.`;
      throw new StartFailure(`${message}\n${lastLines(child)}`, TAKEN.test(child.log()));
    }
  }

  async restart(): Promise<void> {
    if (this.stopped) throw new Error(`${this.recipe.name} was stopped for good.`);
    await this.current.stop(this.recipe.stopSignal);
    await this.start();
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    await this.process?.stop(this.recipe.stopSignal);
    if (this.options.port === undefined) releasePort(this.port);
    if (this.options.dataDir === undefined) await removeDir(this.dataDir);
  }

  /** Ends the waiting also when the process is gone: waiting longer for a dead server would only cost time. */
  private async answersOrHasEnded(child: GuardedProcess): Promise<boolean> {
    if (!child.isRunning) return true;
    await this.recipe.probe(this.port, this.dataDir);
    return true;
  }

  private get current(): GuardedProcess {
    if (!this.process) throw new Error(`${this.recipe.name} was not started.`);
    return this.process;
  }
}

function lastLines(child: GuardedProcess): string {
  return `Its last lines:\n${child.log().split('\n').slice(-25).join('\n')}`;
}

/** `npm test` fails when a real component it should have used was never started; this is how it knows. */
function leaveEvidence(name: string): void {
  const file = process.env['ALERTAGENT_TEST_EVIDENCE'];
  if (file) appendFileSync(file, `${name}\n`);
}

/**
 * Starts a server and resolves when it answers. A port of our own choosing that turns out to be taken is
 * exchanged for another one; a port that the caller asked for is not.
 * Errors: the server ended or did not answer in time; the message carries its last log lines.
 */
export async function startServer(recipe: ServerRecipe, options: ServerOptions): Promise<RunningServer> {
  const dataDir = options.dataDir ?? (await makeTempDir(recipe.name));
  await mkdir(dataDir, { recursive: true });
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const server = new SupervisedServer(recipe, options, dataDir, port);
    try {
      await server.start();
      leaveEvidence(recipe.name);
      return server;
    } catch (error) {
      const retry =
        options.port === undefined && attempt < PORT_ATTEMPTS && error instanceof StartFailure && error.portWasTaken;
      if (retry) {
        releasePort(port);
        continue;
      }
      await server.stop();
      throw error;
    }
  }
}
