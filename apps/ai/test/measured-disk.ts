import { getCluster, getRule, listRuleVersions, type RuleView } from '@alertagent/contracts';
import { startVictoriametrics, type VictoriametricsServer } from '@alertagent/local-stack';
import { answers, fakePeer, type FakePeer } from '@alertagent/service-kit/testing';
import type { Stand } from './stand';

const RULE_ID = '01930000-0000-7000-8000-000000000002';
const MINUTE_MS = 60_000;
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
    await disk.measured('db-3:9100', 0.95);
    await disk.measured('db-4:9100', 0.4);
    return disk;
  }

  /** Two hours of a constant ratio, ending an hour after the alert began. */
  async measured(instance: string, ratio: number): Promise<void> {
    const lines = Array.from({ length: 121 }, (_, minute) => {
      const at = Date.parse(STARTED) + (minute - 60) * MINUTE_MS;
      return `disk_used_ratio{instance="${instance}"} ${ratio} ${at}`;
    });
    const response = await fetch(`${this.victoria.url}/api/v1/import/prometheus`, {
      method: 'POST',
      body: lines.join('\n'),
    });
    expect(response.ok).toBe(true);
    await fetch(`${this.victoria.url}/internal/force_flush`);
  }

  async stop(): Promise<void> {
    for (const peer of this.peers) await peer.close();
    await this.victoria.stop();
  }
}
