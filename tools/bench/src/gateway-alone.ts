import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  freePort,
  GuardedProcess,
  makeTempDir,
  pollUntil,
  removeDir,
  serviceMain,
  serviceNodeFlags,
  startNats,
} from '@alertagent/local-stack';
import type { BenchSettings } from './bench';
import { profilingEnv } from './bench';

const ROOT = resolve(__dirname, '../../..');
const ADMIN_TOKEN = 'aat_bench_admin_0123456789abcdef';

/** The gateway without the other services: what it does is measured, not what they do at the same time. */
export class GatewayAlone {
  private constructor(
    private readonly process: GuardedProcess,
    private readonly pid: number,
    /** Where it answers HTTP. */
    readonly port: number,
    /** The NATS that it publishes to; anybody may listen. */
    readonly natsUrl: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Starts it on a database; `later` takes what has to be undone. */
  static async start(
    databaseUrl: string,
    settings: BenchSettings,
    later: (undo: () => Promise<unknown>) => void,
  ): Promise<GatewayAlone> {
    const nats = await startNats();
    later(() => nats.stop());
    const directory = await makeTempDir('bench-gateway');
    later(() => removeDir(directory));
    const port = await freePort();
    const env = {
      PATH: process.env['PATH'],
      ALERTAGENT_NATS_URL: nats.url,
      ALERTAGENT_DATABASE_URL: databaseUrl,
      ALERTAGENT_DATA_DIR: join(directory, 'data'),
      ALERTAGENT_HTTP_PORT: String(port),
      ALERTAGENT_ADMIN_TOKEN: ADMIN_TOKEN,
      ...profilingEnv(settings),
    };
    const gateway = await startService('gateway', env, later);
    return new GatewayAlone(gateway, gateway.pid, port, nats.url, env);
  }

  /** Not alone any more: another service on the same database and NATS. */
  async join(service: 'ai', env: NodeJS.ProcessEnv, later: (undo: () => Promise<unknown>) => void): Promise<void> {
    await startService(service, { ...this.env, ...env }, later);
  }

  /** Issues a token of this purpose. Errors: it is refused. */
  async token(purpose: string): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.port}/api/v1/tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: purpose, purpose }),
    });
    if (response.status !== 201) throw new Error(`no token was issued: ${response.status}`);
    return ((await response.json()) as { token: string }).token;
  }

  /** Milliseconds until it has answered a GET as an administrator asks for it. Errors: the answer is no success. */
  async timedGet<T>(path: string): Promise<{ ms: number; body: T }> {
    const began = performance.now();
    const response = await fetch(`http://127.0.0.1:${this.port}/api/v1${path}`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    const body = (await response.json()) as T;
    const ms = performance.now() - began;
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${JSON.stringify(body)}`);
    return { ms, body };
  }

  /** Resident memory in MiB, now. */
  residentMiB(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  }

  stop(): Promise<void> {
    return this.process.stop();
  }
}

async function startService(
  service: 'gateway' | 'ai',
  env: NodeJS.ProcessEnv,
  later: (undo: () => Promise<unknown>) => void,
): Promise<GuardedProcess> {
  const opsPort = await freePort();
  const started = new GuardedProcess({
    file: process.execPath,
    args: [...serviceNodeFlags(service), serviceMain(ROOT, service)],
    cwd: env['ALERTAGENT_DATA_DIR'] && resolve(env['ALERTAGENT_DATA_DIR'], '..'),
    env: { ...env, ALERTAGENT_OPS_PORT: String(opsPort) },
  });
  later(() => started.stop());
  await pollUntil(async () => (await fetch(`http://127.0.0.1:${opsPort}/ready`)).ok, {
    what: `${service} to be ready`,
    timeoutMs: 30_000,
  });
  return started;
}
