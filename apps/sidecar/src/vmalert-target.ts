import { ExchangeFailed } from './http-exchange';
import { pause } from './pause';
import { PrometheusTarget } from './prometheus-target';
import type { LoadProof } from './rule-proof';
import type { ConfigContent, ReloadAnswer, Target, TargetClient, TargetHealth } from './target';

/** Longest pause between two looks at the counter of reloads, in ms. */
const LOOK_MS = 200;

/** What vmalert's metrics say about its reloads. */
export interface VmalertReloads {
  /** Reloads so far, of either outcome; null when vmalert does not say. */
  total: number | null;
  /** Whether the last one succeeded; null when vmalert does not say. */
  lastSuccessful: boolean | null;
}

/** Reads the reload metrics out of the text of `/metrics`. */
export function vmalertReloads(metrics: string): VmalertReloads {
  const value = (name: string): string | null => new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? null;
  const total = value('vmalert_config_last_reload_total');
  const successful = value('vmalert_config_last_reload_successful');
  return {
    total: total === null ? null : Number(total),
    lastSuccessful: successful === null ? null : Number(successful) === 1,
  };
}

/**
 * vmalert of VictoriaMetrics. It answers every reload with 200, before it has read anything: that it did, and whether it
 * liked what it read, is only in its metrics. What it runs is shown as by Prometheus.
 */
export class VmalertTarget implements Target {
  readonly check = { tool: 'vmalert', args: ['-dryRun', '-rule'] };
  readonly minimalConfig: Buffer;
  readonly longestRetry: number;
  readonly isExact: boolean;
  private readonly likePrometheus: PrometheusTarget;

  constructor(
    private readonly client: TargetClient,
    configPath: string,
    private readonly reloadTimeoutMs: number,
    private readonly signal: AbortSignal,
  ) {
    this.likePrometheus = new PrometheusTarget(client, configPath);
    this.minimalConfig = this.likePrometheus.minimalConfig;
    this.longestRetry = this.likePrometheus.longestRetry;
    this.isExact = this.likePrometheus.isExact;
  }

  async reload(): Promise<ReloadAnswer> {
    try {
      const before = await this.reloads();
      const answer = await this.client.reload();
      return answer.kind === 'accepted' ? await this.outcome(answer, before.total) : answer;
    } catch (error) {
      if (!(error instanceof ExchangeFailed)) throw error;
      const reason = `the metrics of vmalert cannot be read: ${error.message}`;
      return { kind: error.kind === 'timeout' ? 'hung' : 'unreachable', reason };
    }
  }

  prove(content: ConfigContent, since: number | null): Promise<LoadProof> {
    return this.likePrometheus.prove(content, since);
  }

  health(): Promise<TargetHealth> {
    return this.client.health(async () => {
      const answer = await this.client.get('/metrics');
      const version = /^vm_app_version\{[^}]*short_version="v?([^"]+)"/m.exec(answer.body.toString('utf8'))?.[1];
      return { kind: 'vmalert', version: version ?? null };
    });
  }

  /** Waits until a reload after `before` is counted. Without the counter only the read-back can tell. */
  private async outcome(accepted: ReloadAnswer, before: number | null): Promise<ReloadAnswer> {
    if (before === null) return accepted;
    const deadline = performance.now() + this.reloadTimeoutMs;
    for (let wait = 10; ; wait = Math.min(LOOK_MS, wait * 2)) {
      const { total, lastSuccessful } = await this.reloads();
      // Fewer than before: it was restarted, and has read the file while starting.
      if (total !== null && total !== before) {
        return lastSuccessful === false
          ? { kind: 'refused', reason: 'vmalert could not load the file (the cause is in the log of vmalert)' }
          : accepted;
      }
      if (performance.now() >= deadline)
        return { kind: 'hung', reason: `vmalert did not reload within ${this.reloadTimeoutMs} ms` };
      await pause(wait, this.signal);
    }
  }

  private async reloads(): Promise<VmalertReloads> {
    return vmalertReloads((await this.client.get('/metrics')).body.toString('utf8'));
  }
}
