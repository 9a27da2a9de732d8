import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startAlertmanager,
  startPrometheus,
  type AlertmanagerServer,
  type PrometheusServer,
} from '@alertagent/local-stack';
import type { SidecarReport } from '../src/progress';
import type { ConfigType } from '../src/settings';
import { FakeConfigService } from './fake-config-service';
import { getText } from './get-text';
import { SidecarProcess } from './sidecar-process';
import { until } from './until';

/** A directory, a fake config service, a real target and the sidecars started so far; everything ends with `close`. */
export class Scene {
  readonly directory = mkdtempSync(join(tmpdir(), 'alertagent-sidecar-'));
  readonly centre: FakeConfigService;
  private readonly endings: (() => Promise<unknown>)[] = [];
  private server: PrometheusServer | AlertmanagerServer | null = null;

  constructor(private readonly type: ConfigType = 'prometheus-rules') {
    this.centre = new FakeConfigService(type);
    mkdirSync(join(this.directory, 'rules'));
  }

  /** The file that the sidecar keeps. */
  get configPath(): string {
    return this.type === 'prometheus-rules'
      ? join(this.directory, 'rules', 'alertagent.rules.yml')
      : join(this.directory, 'alertmanager.yml');
  }

  get file(): string {
    return readFileSync(this.configPath, 'utf8');
  }

  /** The real target; `startTarget` must have been called. */
  get target(): PrometheusServer | AlertmanagerServer {
    if (this.server === null) throw new Error('the target was not started');
    return this.server;
  }

  /** Starts the real target on this scene's files: Prometheus loads `rules/*.yml`, Alertmanager `alertmanager.yml`. */
  async startTarget(): Promise<void> {
    const dataDir = this.directory;
    const server =
      this.type === 'prometheus-rules'
        ? await startPrometheus({ dataDir, rulesGlob: join(dataDir, 'rules', '*.yml') })
        : await startAlertmanager({ dataDir });
    this.server = server;
    this.endings.push(() => server.stop());
  }

  /** Ends the target as a crash would; `target.restart()` brings it back. */
  async killTarget(): Promise<void> {
    this.target.kill('SIGKILL');
    await this.target.exited;
  }

  /** Starts a sidecar for the target (or for `RELOAD_URL` in `env`). */
  startSidecar(env: Record<string, string> = {}, args: string[] = [], heapMib?: number): SidecarProcess {
    const type = this.type === 'prometheus-rules' ? 'prometheus' : 'alertmanager';
    const sidecar = SidecarProcess.start(
      {
        ALERTAGENT_ENDPOINT: this.centre.url,
        CONFIG_PATH: this.configPath,
        CONFIG_TYPE: type,
        RELOAD_URL: this.server?.reloadUrl ?? 'http://127.0.0.1:9/-/reload',
        ...env,
      },
      args,
      heapMib,
    );
    this.endings.push(() => sidecar.stop());
    return sidecar;
  }

  /** Waits for a report of a state (and revision) that came after those already seen. */
  reported(state: SidecarReport['state'], revision?: number, after = 0): Promise<SidecarReport> {
    return until(
      () => `a report ${state} of revision ${revision ?? 'any'}; reports: ${this.summary()}`,
      () =>
        this.centre.reports
          .slice(after)
          .find((report) => report.state === state && (revision === undefined || report.revision === revision)),
    );
  }

  /** Names of the rules that the target shows for our file, with their versions, in order. */
  async loadedRules(): Promise<string[]> {
    const answer = JSON.parse(await getText(`${this.target.url}/api/v1/rules`)) as {
      data: { groups: { file: string; rules: { name: string; annotations?: Record<string, string> }[] }[] };
    };
    const ours = answer.data.groups.filter((group) => group.file === this.configPath);
    return ours.flatMap((group) =>
      group.rules.map((rule) => `${rule.name}@${rule.annotations?.['alertagent_rule_version'] ?? ''}`),
    );
  }

  /** When the target last reloaded successfully, by its own metric. */
  async lastReload(): Promise<number> {
    const metrics = await getText(`${this.target.url}/metrics`);
    return Number(
      /^(?:prometheus|alertmanager)_config_last_reload_success_timestamp_seconds (\S+)$/m.exec(metrics)?.[1],
    );
  }

  private summary(): string {
    return this.centre.reports.map((report) => `${report.state}/${report.revision}`).join(' ');
  }

  /** Ends everything that was started and removes the directory. */
  async close(): Promise<void> {
    for (const end of this.endings.reverse()) await end();
    await this.centre.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
