import { readRuleFile } from '@alertagent/alerting';
import {
  createRollout,
  getRollout,
  listRolloutClusters,
  orderRollout,
  type Actor,
  type RolloutClusterView,
  type RolloutDetail,
  type RolloutInput,
  type RolloutOrder,
  type RolloutView,
  type SidecarReport,
} from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { rule, type KnownCluster } from './neighbours';
import type { Stand } from './stand';

export const ADA: Actor = { kind: 'token', id: 'token-1', name: 'ada' };

/** Clusters whose members do what their sidecars would, at the test's word. */
export class Fleet {
  constructor(private readonly stand: Stand) {}

  /** So many clusters on which one rule is proven live; the first is the canary. */
  async start(count: number): Promise<KnownCluster[]> {
    const clusters: KnownCluster[] = [];
    for (let index = 0; index < count; index += 1) {
      const labels: Record<string, string> = index === 0 ? { stage: 'canary' } : {};
      const cluster = this.stand.neighbours.addCluster(undefined, labels);
      clusters.push(cluster);
      await this.stand.neighbours.place(cluster, [rule('Down')]);
      await this.stand.served(cluster, 1);
      await this.prove(cluster);
    }
    return clusters;
  }

  /** Edits the cluster's only rule. */
  async edit(cluster: KnownCluster, expression: string): Promise<void> {
    const [old] = cluster.rules;
    if (!old) throw new Error('the cluster has no rule');
    await this.stand.neighbours.place(cluster, [{ ...old, version: old.version + 1, expression }]);
  }

  /** The member fetches what is served and reports that it runs it; `change` makes something else of the report. */
  async prove(
    cluster: KnownCluster,
    change: Partial<SidecarReport> = {},
    rules: { status?: 'live' | 'failed' | 'loaded'; firing?: number; evaluation_seconds?: number } = {},
  ): Promise<number> {
    const { headers, body } = await this.stand.fetch(cluster);
    const revision = Number(headers.get('x-config-revision'));
    const shown = readRuleFile(body.toString()).map(({ group, name, rule_id, rule_version }) => ({
      group,
      name,
      rule_id,
      rule_version,
      status: 'live' as const,
      firing: 0,
      evaluation_seconds: 0.001,
      ...rules,
    }));
    const report = { state: 'live' as const, revision, hash: headers.get('x-config-hash'), rules: shown, ...change };
    const { status } = await this.stand.report(cluster, report);
    if (status !== 204) throw new Error(`the report was answered ${status}`);
    return revision;
  }

  /** What the cluster is served now. */
  async body(cluster: KnownCluster): Promise<string> {
    return (await this.stand.fetch(cluster)).body.toString();
  }

  /** The cluster is served its next revision, as soon as it is there. */
  next(cluster: KnownCluster, revision: number): Promise<unknown> {
    return this.stand.served(cluster, revision);
  }

  open(clusters: readonly KnownCluster[], change: Partial<RolloutInput> = {}): Promise<RolloutView> {
    const rollout: RolloutInput = {
      name: 'new thresholds',
      targets: clusters.map(({ id }) => id),
      waves: [{ labels: { stage: 'canary' } }, { percent: 100 }],
      soak_seconds: 0,
      ...change,
    };
    return this.stand.neighbours.rules.request(createRollout, { rollout, actor: ADA });
  }

  order(id: string, order: RolloutOrder): Promise<RolloutView> {
    return this.stand.neighbours.rules.request(orderRollout, { id, order, actor: ADA });
  }

  get(id: string): Promise<RolloutDetail> {
    return this.stand.neighbours.rules.request(getRollout, { id });
  }

  async clusters(id: string): Promise<RolloutClusterView[]> {
    return (await this.stand.neighbours.rules.request(listRolloutClusters, { id, limit: 500 })).items;
  }

  async of(id: string, cluster: KnownCluster): Promise<RolloutClusterView> {
    const found = (await this.clusters(id)).find(({ cluster_id }) => cluster_id === cluster.id);
    if (!found) throw new Error('the rollout has no such cluster');
    return found;
  }

  /** The rollout as soon as it is so. */
  until(id: string, what: string, isSo: (rollout: RolloutDetail) => boolean): Promise<RolloutDetail> {
    return pollUntil(
      async () => {
        const rollout = await this.get(id);
        return isSo(rollout) ? rollout : null;
      },
      { what: `the rollout to be ${what}`, timeoutMs: 20_000 },
    );
  }

  untilState(id: string, state: RolloutView['state']): Promise<RolloutDetail> {
    return this.until(id, state, (rollout) => rollout.state === state);
  }

  /** The cluster of the rollout as soon as it is in that state. */
  untilCluster(id: string, cluster: KnownCluster, state: RolloutClusterView['state']): Promise<RolloutClusterView> {
    return pollUntil(
      async () => {
        const found = await this.of(id, cluster);
        return found.state === state ? found : null;
      },
      { what: `the cluster to be ${state}`, timeoutMs: 20_000 },
    );
  }
}
