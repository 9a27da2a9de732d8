import { getCluster, getRule, listRuleVersions, type RuleView } from '@alertagent/contracts';
import { pollUntil, startVictoriametrics, type VictoriametricsServer } from '@alertagent/local-stack';
import { answers, fakePeer, type FakePeer } from '@alertagent/service-kit/testing';
import type { Stand } from './stand';

const RULE_ID = '01930000-0000-7000-8000-000000000002';
const MINUTE_MS = 60_000;
/** Minutes after the alert began from which measurements are not there at first. */
const LATE_FROM = 55;
/** Some hours ago: no database takes measurements of the future. */
const STARTED = new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 180 * MINUTE_MS).toISOString();

const rule: RuleView = {
  id: RULE_ID,
  name: 'DiskFull',
  group: 'alertagent',
  expression: 'disk_used_ratio > 0.9',
  duration: '10m',
  labels: {},
  annotations: {},
  targets: ['production'],
  version: 4,
  created_at: STARTED,
  updated_at: STARTED,
} as RuleView;

const VERSION = {
  version: 4,
  change: 'updated' as const,
  author: 'olga',
  reason: 'threshold lowered',
  created_at: STARTED,
  rule,
};

/** The alert that the rule raised about db-3:9100. */
export const DISK_FULL = {
  name: 'DiskFull',
  labels: { alertname: 'DiskFull', instance: 'db-3:9100', severity: 'warning' },
  annotations: { alertagent_rule_id: RULE_ID },
  starts_at: STARTED,
};

/** A full disk and its neighbour in a real VictoriaMetrics, with the services that know the rule and the cluster. */
export class MeasuredDisk {
  private constructor(
    readonly victoria: VictoriametricsServer,
    private readonly peers: readonly FakePeer[],
  ) {}

  static async start({ natsUrl }: Stand): Promise<MeasuredDisk> {
    const victoria = await startVictoriametrics({
      extraArgs: ['-search.latencyOffset=0s', '-dedup.minScrapeInterval=1ms'],
    });
    const rules = [answers(getRule, () => rule), answers(listRuleVersions, () => ({ items: [VERSION] }))];
    const cluster = ({ id }: { id: string }) => ({
      id,
      name: 'production',
      kind: 'prometheus' as const,
      status: 'active' as const,
      endpoint: 'http://alertmanager.example:9093',
      alertmanagers: [],
      query_url: victoria.url,
      config: { sync_interval: '30s', health_check_interval: '30s', retry_attempts: 3 },
      labels: {},
      version: 1,
      created_at: STARTED,
      updated_at: STARTED,
    });
    const disk = new MeasuredDisk(victoria, [
      await fakePeer({ natsUrl, service: 'rules', answers: rules }),
      await fakePeer({ natsUrl, service: 'clusters', answers: [answers(getCluster, cluster)] }),
    ]);
    await disk.measured('db-3:9100', 0.95, { from: -60, to: LATE_FROM - 1 });
    await disk.measured('db-4:9100', 0.4, { from: -60, to: 60 });
    return disk;
  }

  /** The last minutes of the two hours that are looked at come in late. Nothing is measured twice: which of two values at one time counts is chance. */
  async late(ratio: number): Promise<void> {
    await this.measured('db-3:9100', ratio, { from: LATE_FROM, to: 60 });
  }

  private async measured(instance: string, ratio: number, { from, to }: { from: number; to: number }): Promise<void> {
    const lines = Array.from({ length: to - from + 1 }, (_, index) => {
      const at = Date.parse(STARTED) + (from + index) * MINUTE_MS;
      return `disk_used_ratio{instance="${instance}"} ${ratio} ${at}`;
    });
    const response = await fetch(`${this.victoria.url}/api/v1/import/prometheus`, {
      method: 'POST',
      body: lines.join('\n'),
    });
    expect(response.ok).toBe(true);
    await fetch(`${this.victoria.url}/internal/force_flush`);
    await pollUntil(async () => (await this.ratioOf(instance, to)) === ratio, { what: 'the measurements to be found' });
  }

  private async ratioOf(instance: string, minute: number): Promise<number> {
    const time = String((Date.parse(STARTED) + minute * MINUTE_MS) / 1_000);
    const question = new URLSearchParams({ query: `disk_used_ratio{instance="${instance}"}`, time, nocache: '1' });
    const response = await fetch(`${this.victoria.url}/api/v1/query?${question.toString()}`);
    const { data } = (await response.json()) as { data?: { result: { value: [number, string] }[] } };
    return Number(data?.result[0]?.value[1]);
  }

  async stop(): Promise<void> {
    for (const peer of this.peers) await peer.close();
    await this.victoria.stop();
  }
}
