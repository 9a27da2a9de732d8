import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  pollUntil,
  startAlertmanager,
  startPrometheus,
  type AlertmanagerServer,
  type PrometheusServer,
} from '@alertagent/local-stack';
import type { RowContext } from '../row';
import { Sink } from '../sink';
import type { Stand } from '../stand';
import { INTERVAL_MS } from './sidecar-stand';
import { SidecarProcess } from './sidecar-process';

const METRIC = 'demo_round';
const ALERT = 'TestAlert';
const PAGER = '/pager';
/** Rules besides the one that fires. */
const STEADY_RULES = 24;

/** A cluster with a real Prometheus and Alertmanager, their sidecars, something to measure and somebody to be paged, that can lose its centre. */
export class OrphanedCluster {
  private sidecars: SidecarProcess[] = [];
  /** The series that the test alert fires for; none when 0. */
  private round = 0;

  private constructor(
    private readonly context: RowContext,
    private readonly stand: Stand,
    private readonly cluster: { id: string; syncToken: string },
    private readonly sink: Sink,
    readonly prometheus: PrometheusServer,
    readonly alertmanager: AlertmanagerServer,
    private readonly ruleFile: string,
  ) {}

  /** Starts everything and waits until rules and configuration are proven to run. */
  static async start(context: RowContext): Promise<OrphanedCluster> {
    const stand = await context.stand({ services: ['rules', 'clusters', 'config'] });
    const sink = await Sink.start();
    context.later(() => sink.stop());
    const folder = join(context.directory, 'rules');
    mkdirSync(folder);
    const alertmanager = await startAlertmanager({ configFile: join(context.directory, 'am', 'alertmanager.yml') });
    context.later(() => alertmanager.stop());
    const prometheus = await startPrometheus({
      rulesGlob: join(folder, '*.yml'),
      alertmanagers: [`127.0.0.1:${alertmanager.port}`],
      scrape: [new URL(sink.url).host],
      resendDelay: '5s',
    });
    context.later(() => prometheus.stop());
    const cluster = await create(stand, sink);
    const ruleFile = join(folder, 'alertagent.rules.yml');
    const scene = new OrphanedCluster(context, stand, cluster, sink, prometheus, alertmanager, ruleFile);
    sink.answer = ({ path }) => (path === '/metrics' ? scene.metrics() : {});
    context.later(() => Promise.all(scene.sidecars.map((sidecar) => sidecar.stop())));
    scene.startSidecars();
    await scene.inSync();
    return scene;
  }

  /** Kills every service and the servers they rest on; none comes back. */
  async killCentre(): Promise<void> {
    const { services, mariadb, nats } = this.stand;
    for (const service of services) service.hold();
    for (const victim of [...services, mariadb, nats]) victim?.kill('SIGKILL');
    await pollUntil(() => services.every(({ isRunning }) => !isRunning), { what: 'every service to be dead' });
  }

  /** Ends sidecars, Prometheus and Alertmanager. */
  async endTargets(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    for (const each of [...this.sidecars, this.prometheus, this.alertmanager]) each.kill(signal);
    await Promise.all([
      ...this.sidecars.map((sidecar) => sidecar.ended()),
      this.prometheus.exited,
      this.alertmanager.exited,
    ]);
  }

  /** Starts them again, in this order: targets must not need a sidecar. */
  async startTargets(): Promise<void> {
    await Promise.all([this.prometheus.restart(), this.alertmanager.restart()]);
    this.startSidecars();
  }

  /** The files that the targets read are gone. */
  loseFiles(): void {
    for (const file of this.files) rmSync(file);
  }

  /** SHA-256 of what Prometheus shows of its rules, without what changes by itself, and of the files; what differs is named. */
  async standing(): Promise<Record<string, string>> {
    const response = await fetch(`${this.prometheus.url}/api/v1/rules`, { signal: AbortSignal.timeout(5_000) });
    const { data } = (await response.json()) as { data: { groups: ShownGroup[] } };
    const rules = data.groups.map(({ name, file, interval, rules: shown }) => ({
      name,
      file,
      interval,
      rules: shown.map(({ type, name: rule, query, duration, labels, annotations }) => ({
        ...{ type, rule, query, duration, labels, annotations },
      })),
    }));
    const status = await fetch(`${this.alertmanager.url}/api/v2/status`, { signal: AbortSignal.timeout(5_000) });
    const { config } = (await status.json()) as { config: { original: string } };
    return {
      'rules that Prometheus shows': String(rules.reduce((sum, group) => sum + group.rules.length, 0)),
      'the hash of what Prometheus shows': sha256(JSON.stringify(rules)),
      'the configuration that Alertmanager shows': sha256(config.original),
      'the rule file': this.hashOf(this.ruleFile),
      'the configuration file': this.hashOf(this.alertmanager.configFile),
    };
  }

  /** Has the test alert fire for a new series; resolves to the milliseconds until the receiver heard of it. Errors: it never did. */
  async page(round: number): Promise<number> {
    this.round = round;
    const began = performance.now();
    await pollUntil(() => this.heard(round), { what: `page ${round}`, timeoutMs: 60_000, intervalMs: 50 });
    return performance.now() - began;
  }

  /** Whether each sidecar of this life says that the centre does not answer. */
  noticed(): boolean {
    return this.sidecars.every((sidecar) => sidecar.isRunning && /ECONNREFUSED|not reach/i.test(sidecar.log()));
  }

  private get files(): string[] {
    return [this.ruleFile, this.alertmanager.configFile];
  }

  private heard(round: number): boolean {
    return this.sink.requests.some(({ path, body }) => {
      if (path !== PAGER) return false;
      const { alerts } = JSON.parse(body) as { alerts: { status: string; labels: Record<string, string> }[] };
      return alerts.some(
        ({ status, labels }) =>
          status === 'firing' && labels['alertname'] === ALERT && labels['round'] === String(round),
      );
    });
  }

  private metrics(): { headers: Record<string, string>; body: string } {
    const series = this.round === 0 ? '' : `${METRIC}{round="${this.round}"} 1\n`;
    return {
      headers: { 'content-type': 'text/plain; version=0.0.4' },
      body: `# TYPE ${METRIC} gauge\n${series}`,
    };
  }

  private startSidecars(): void {
    const { root, sabotage } = this.context.options;
    const sidecar = (type: string, file: string, reloadUrl: string): SidecarProcess =>
      new SidecarProcess({
        root,
        sabotage,
        env: {
          PATH: '/nonexistent',
          ALERTAGENT_ENDPOINT: this.stand.gateway.url,
          ALERTAGENT_TOKEN: this.cluster.syncToken,
          CLUSTER_ID: this.cluster.id,
          CONFIG_TYPE: type,
          CONFIG_PATH: file,
          RELOAD_URL: reloadUrl,
          SYNC_INTERVAL: `${INTERVAL_MS}ms`,
          MEMBER_NAME: type,
          ALERTAGENT_FIRING_SET: 'off',
        },
      });
    this.sidecars = [
      sidecar('prometheus', this.ruleFile, this.prometheus.reloadUrl),
      sidecar('alertmanager', this.alertmanager.configFile, this.alertmanager.reloadUrl),
    ];
  }

  private async inSync(): Promise<void> {
    const isSo = async (): Promise<boolean> => {
      const { body } = await this.stand.call<{ members: { in_sync: boolean }[] }>(
        'GET',
        `/clusters/${this.cluster.id}/sync`,
      );
      if (body.members.length < 2 || body.members.some(({ in_sync }) => !in_sync)) return false;
      const rules = (await this.standing())['rules that Prometheus shows'];
      return Number(rules) > STEADY_RULES && readFileSync(this.alertmanager.configFile, 'utf8').includes('team/pager');
    };
    await pollUntil(isSo, { what: 'rules and configuration to run', timeoutMs: 60_000, intervalMs: 100 });
  }

  private hashOf(file: string): string {
    return existsSync(file) ? sha256(readFileSync(file)) : 'there is none';
  }
}

interface ShownGroup {
  name: string;
  file: string;
  interval: number;
  rules: {
    type: string;
    name: string;
    query: string;
    duration?: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  }[];
}

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** The cluster, its rules, and a layer that sends the test alert to a plain webhook. */
async function create(stand: Stand, sink: Sink): Promise<{ id: string; syncToken: string }> {
  const post = async <T>(path: string, body: object): Promise<T> => {
    const answer = await stand.call<T>('POST', path, body);
    if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const { id, tokens } = await post<{ id: string; tokens: { sync: string } }>('/clusters', {
    name: 'orphaned',
    config: { sync_interval: '1s' },
  });
  const rule = (name: string, expression: string): Promise<unknown> =>
    post('/rules', {
      name,
      expression,
      severity: 'critical',
      annotations: { summary: `${name} is told` },
      targets: [id],
    });
  await rule(ALERT, `${METRIC} > 0`);
  for (let index = 1; index <= STEADY_RULES; index += 1) await rule(`Steady${index}`, `vector(0) > ${index}`);
  const route = { receiver: 'team/pager', matchers: [`alertname="${ALERT}"`], group_by: ['...'], group_wait: '0s' };
  await post('/alertmanager/layers', {
    name: 'pager',
    scope: { kind: 'organisation' },
    document: {
      route: { routes: [route] },
      receivers: [{ name: 'team/pager', webhook_configs: [{ url: `${sink.url}${PAGER}` }] }],
    },
    reason: 'somebody is to be paged without AlertAgent',
  });
  return { id, syncToken: tokens.sync };
}
