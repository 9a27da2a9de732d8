import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pollUntil, startPrometheus, type PrometheusServer } from '@alertagent/local-stack';
import type { RowContext } from '../row';
import type { Stand, StandOptions } from '../stand';
import { FileWatch } from './file-watch';
import { ChangedRule, shownRules } from './changed-rule';
import { SidecarProcess } from './sidecar-process';

/** Time between a sidecar's looks in these rows, in milliseconds. */
export const INTERVAL_MS = 500;
const TYPE = 'prometheus-rules';
const MEMBER = 'member-1';

export interface SidecarStandOptions {
  /** The folder of the rule file; one of the row's own unless given. */
  folder?: string;
  /** Rules besides the one that is changed, so that the file has some length; 24 unless told. */
  rules?: number;
  stand?: StandOptions;
  /** Changes what the sidecar is told. */
  env?: NodeJS.ProcessEnv;
  /** Puts something between the sidecar and the gateway, or the sidecar and Prometheus; resolves to the port to use. */
  between?: (server: 'gateway' | 'prometheus', port: number) => Promise<number>;
}

/** AlertAgent, a real Prometheus, and the built sidecar between them, with somebody who looks at the file all the time. */
export class SidecarStand {
  /** Hashes of every complete file that was ever published, and of files that the row allows besides. */
  readonly allowed = new Set<string>();
  sidecar!: SidecarProcess;

  private constructor(
    private readonly context: RowContext,
    readonly stand: Stand,
    readonly prometheus: PrometheusServer,
    readonly rule: ChangedRule,
    private readonly cluster: { id: string; syncToken: string },
    readonly file: string,
    private readonly ports: { gateway: number; prometheus: number },
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Starts everything and waits until the first revision is live. */
  static async start(context: RowContext, options: SidecarStandOptions = {}): Promise<SidecarStand> {
    const { rules = 24, between = async (_server, port) => port, folder = join(context.directory, 'rules') } = options;
    mkdirSync(folder, { recursive: true });
    const stand = await context.stand({ ...options.stand, services: ['rules', 'clusters', 'config'] });
    const prometheus = await startPrometheus({ rulesGlob: join(folder, '*.yml') });
    context.later(() => prometheus.stop());
    const cluster = await registerCluster(stand);
    const rule = await ChangedRule.create(stand, [cluster.id], rules);
    const ports = {
      gateway: await between('gateway', Number(new URL(stand.gateway.url).port)),
      prometheus: await between('prometheus', prometheus.port),
    };
    const file = join(folder, 'alertagent.rules.yml');
    const scene = new SidecarStand(context, stand, prometheus, rule, cluster, file, ports, options.env ?? {});
    context.later(() => scene.sidecar.stop());
    scene.startSidecar();
    await scene.settled(60_000);
    return scene;
  }

  /** What the sidecar is told; `env` changes it. */
  environment(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return {
      // No promtool: a file is judged by what Prometheus does with it.
      PATH: '/nonexistent',
      ALERTAGENT_ENDPOINT: `http://127.0.0.1:${this.ports.gateway}`,
      ALERTAGENT_TOKEN: this.cluster.syncToken,
      CLUSTER_ID: this.cluster.id,
      CONFIG_TYPE: 'prometheus',
      CONFIG_PATH: this.file,
      RELOAD_URL: `http://127.0.0.1:${this.ports.prometheus}/-/reload`,
      SYNC_INTERVAL: `${INTERVAL_MS}ms`,
      RELOAD_TIMEOUT: '2s',
      MEMBER_NAME: MEMBER,
      ...this.env,
      ...env,
    };
  }

  /** Starts one more sidecar for the same file, without making it the stand's own. */
  anotherSidecar(env: NodeJS.ProcessEnv = {}, wrap?: readonly string[]): SidecarProcess {
    const { root, sabotage } = this.context.options;
    return new SidecarProcess({ root, sabotage, env: this.environment(env), wrap });
  }

  startSidecar(env: NodeJS.ProcessEnv = {}): void {
    this.sidecar = this.anotherSidecar(env);
  }

  /** Watches the file until the row is over. */
  watch(): FileWatch {
    const watch = new FileWatch(this.file);
    this.context.later(() => watch.stop());
    return watch;
  }

  /** SHA-256 of a file, the watched one unless told; null without one. */
  diskHash(path = this.file): string | null {
    try {
      return createHash('sha256').update(readFileSync(path)).digest('hex');
    } catch {
      return null;
    }
  }

  /** The newest published revision; remembers all of them as allowed. */
  async published(): Promise<{ revision: number; hash: string; rules: number }> {
    const rows = await this.stand.database.query<{ revision: number; hash: string; rules: number }>(
      "SELECT revision, hash, rules FROM config_revisions WHERE cluster_id = ? AND type = ? AND status = 'published' ORDER BY revision",
      [this.cluster.id, TYPE],
    );
    for (const { hash } of rows) this.allowed.add(hash);
    return rows.at(-1) ?? { revision: 0, hash: '', rules: 0 };
  }

  /** Waits until disk = loaded = reported = published; resolves to the milliseconds it took. Errors: not in time, with what differs. */
  async settled(timeoutMs = 30_000): Promise<number> {
    const began = performance.now();
    let differences: string[] = [];
    await pollUntil(
      async () => {
        differences = await this.differences();
        return differences.length === 0;
      },
      { what: 'disk = loaded = reported', timeoutMs, intervalMs: 40 },
    ).catch(() => {
      throw new Error(`disk, Prometheus and status still differ after ${timeoutMs} ms: ${differences.join('; ')}`);
    });
    return performance.now() - began;
  }

  /** Asks for the file as a sidecar does; null when nothing answers. */
  async download(etag: string | null): Promise<Response | null> {
    const url = `${this.stand.gateway.url}/api/v1/configs?cluster_id=${this.cluster.id}&type=${TYPE}`;
    const headers = {
      authorization: `Bearer ${this.cluster.syncToken}`,
      ...(etag === null ? {} : { 'if-none-match': etag }),
    };
    return fetch(url, { headers, signal: AbortSignal.timeout(5_000) }).catch(() => null);
  }

  /** What AlertAgent says about the changed rule at this target. */
  status(): Promise<{ status: string; version: number; reason: string | null }> {
    return this.rule.status();
  }

  /** Where disk, Prometheus and reports differ from what is published; empty when all agree. */
  async differences(): Promise<string[]> {
    const { status, version, reason } = await this.status();
    if (status !== 'live' || version !== this.rule.version)
      return [`the status is ${status} of version ${version}, not live of ${this.rule.version} (${reason ?? ''})`];
    const [head, shown] = [await this.published(), await shownRules(this.prometheus.url, this.file)];
    const [member] = await this.stand.database.query<{ state: string; hash: string }>(
      'SELECT state, hash FROM config_members WHERE cluster_id = ? AND type = ? AND member = ?',
      [this.cluster.id, TYPE, MEMBER],
    );
    const loaded = shown.filter(({ name }) => name === this.rule.name).map((each) => each.version);
    return [
      ...(this.diskHash() === head.hash ? [] : ['the file is not the published one']),
      ...(shown.length === head.rules ? [] : [`Prometheus shows ${shown.length} rules, published are ${head.rules}`]),
      ...(loaded.join() === String(version)
        ? []
        : [`said to be live is version ${version}, Prometheus shows ${loaded.join() || 'none'}`]),
      ...(member?.state === 'live' && member.hash === head.hash
        ? []
        : [`reported is ${member?.state ?? 'nothing'} of ${member?.hash.slice(0, 8) ?? ''}`]),
    ];
  }

  /** Bad instants of a watch, in figures and words. */
  async judge(watch: FileWatch): Promise<{ figures: Record<string, number>; problems: string[] }> {
    await this.published();
    const looks = await watch.looks();
    const bad = watch.bad(this.allowed);
    return {
      figures: { looks_at_the_file: looks, contents_seen: watch.seen.length, bad_instants: bad.length },
      problems: bad
        .slice(0, 5)
        .map(({ hash, bytes }) =>
          hash === null ? 'there was no file for a moment' : `the file had ${bytes} bytes that were never published`,
        ),
    };
  }
}

async function registerCluster(stand: Stand): Promise<{ id: string; syncToken: string }> {
  const { status, body } = await stand.call<{ id: string; tokens: { sync: string } }>('POST', '/clusters', {
    name: 'watched',
    config: { sync_interval: '1s' },
  });
  if (status !== 201) throw new Error(`the cluster was not registered: ${status} ${JSON.stringify(body)}`);
  return { id: body.id, syncToken: body.tokens.sync };
}
