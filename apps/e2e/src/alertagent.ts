import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, GuardedProcess, pollUntil } from '@alertagent/local-stack';

const LAUNCHER = join(__dirname, '../../../tools/launcher/dist/main.js');

export interface AlertAgentOptions {
  /** Command line of `npm start`. */
  args?: string[];
  env?: Record<string, string>;
  /** Kept when given, so that a second start can go on with it. */
  dataDir?: string;
}

/** AlertAgent as its users start it: the launcher and everything it starts, seen from outside only. */
export class AlertAgent {
  private constructor(
    private readonly process: GuardedProcess,
    readonly url: string,
    readonly dataDir: string,
    private readonly ownsDataDir: boolean,
  ) {}

  /** Starts it on free ports and resolves when it says that it is ready. */
  static async start({ args = ['--no-demo'], env = {}, dataDir }: AlertAgentOptions = {}): Promise<AlertAgent> {
    const directory = dataDir ?? mkdtempSync(join(tmpdir(), 'alertagent-e2e-'));
    const [httpPort, configPort] = [await freePort(), await freePort()];
    const { ALERTAGENT_TEST_MYSQL_URL: _testServer, ...inherited } = process.env;
    const launcher = new GuardedProcess({
      file: process.execPath,
      args: [LAUNCHER, ...args],
      env: {
        ...inherited,
        ALERTAGENT_DATA_DIR: directory,
        ALERTAGENT_HTTP_PORT: String(httpPort),
        ALERTAGENT_CONFIG_PORT: String(configPort),
        ...env,
      },
    });
    const agent = new AlertAgent(launcher, `http://127.0.0.1:${httpPort}`, directory, dataDir === undefined);
    try {
      await agent.says(/AlertAgent is ready/, 60_000);
    } catch (error) {
      await agent.stop();
      throw error;
    }
    return agent;
  }

  /** What it wrote to the terminal so far (the last few hundred lines). */
  output(): string {
    return this.process.log();
  }

  /** Waits until it wrote something. */
  async says(text: RegExp, timeoutMs: number): Promise<void> {
    await pollUntil(() => !this.process.isRunning || text.test(this.output()), {
      what: `npm start to say ${text}`,
      timeoutMs,
      intervalMs: 50,
    });
    if (!text.test(this.output()))
      throw new Error(`npm start ended before it said ${text}:\n${this.output().slice(-4000)}`);
  }

  get adminToken(): string {
    return readFileSync(join(this.dataDir, 'admin-token'), 'utf8').trim();
  }

  get pid(): number {
    return this.process.pid;
  }

  /** Calls the API as the administrator (or with another token; none when null). */
  async call<T>(
    method: string,
    path: string,
    body?: unknown,
    token: string | null = this.adminToken,
  ): Promise<{ status: number; body: T }> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: (text ? JSON.parse(text) : null) as T };
  }

  /** A GET that must succeed. */
  async get<T>(path: string): Promise<T> {
    const { status, body } = await this.call<T>('GET', `/api/v1${path}`);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** Ctrl-C; resolves to the exit code. */
  async interrupt(): Promise<number | null> {
    this.process.kill('SIGINT');
    return this.process.exited;
  }

  async stop(): Promise<void> {
    await this.process.stop('SIGTERM', 20_000);
    if (this.ownsDataDir) rmSync(this.dataDir, { recursive: true, force: true });
  }
}
