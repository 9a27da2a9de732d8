import {
  alertmanagerConfigChanged,
  findClusterToken,
  getCluster,
  getClusterRules,
  getDesiredAlertmanagerConfig,
  issueClusterToken,
  listClusters,
  resolveTargets,
  rulePublished,
  ruleWithdrawn,
  clusterRegistered,
  ServiceError,
  type ClusterRule,
  type ClusterTokenGrant,
  type ClusterTokenPurpose,
  type ClusterView,
  type DesiredAlertmanagerConfig,
  type IssueClusterToken,
  type ResolvedTargets,
  type RuleTarget,
} from '@alertagent/contracts';
import { newId, newToken, tokenHash } from '@alertagent/service-kit';
import { answers, fakePeer, type FakePeer } from '@alertagent/service-kit/testing';

const AT = '2030-01-01T00:00:00.000Z';

/** A cluster as the other services know it. */
export interface KnownCluster {
  id: string;
  name: string;
  labels: Record<string, string>;
  syncToken: string;
  rules: ClusterRule[];
  /** How often its rules were asked for. */
  questions: number;
  withdrawn: string[];
  webhookUrl: string;
  hasCanary: boolean;
  /** What its layers add up to. */
  layers?: Pick<DesiredAlertmanagerConfig, 'document' | 'secrets' | 'versions'>;
}

/** A rule with everything it needs; `change` says what the test is about. */
export function rule(name: string, change: Partial<ClusterRule> = {}): ClusterRule {
  return {
    rule_id: newId(),
    version: 1,
    name,
    group: 'test',
    expression: 'up == 0',
    labels: {},
    annotations: {},
    ...change,
  };
}

/** The services around config: `rules` and `clusters` with whatever a test put into them. */
export class Neighbours {
  readonly issued: IssueClusterToken[] = [];
  private readonly clusters = new Map<string, KnownCluster>();
  private readonly grants = new Map<string, ClusterTokenGrant>();
  private asked = 0;
  private rulesAnswers: FakePeer | null = null;
  private held: { count: number; release: () => void; released: Promise<void> } | null = null;

  private constructor(
    private readonly natsUrl: string,
    readonly rules: FakePeer,
    readonly clustersPeer: FakePeer,
  ) {}

  static async start(natsUrl: string): Promise<Neighbours> {
    let neighbours: Neighbours | null = null;
    const self = (): Neighbours => {
      if (!neighbours) throw new ServiceError('unavailable', 'not started');
      return neighbours;
    };
    const clusters = await fakePeer({
      natsUrl,
      service: 'clusters',
      answers: [
        answers(findClusterToken, ({ token_hash }) => self().grantOf(token_hash)),
        answers(getCluster, ({ id }) => self().view(id)),
        answers(getDesiredAlertmanagerConfig, ({ id }) => ({
          cluster_id: id,
          webhook_url: self().cluster(id).webhookUrl,
          credentials_file: 'alertagent-webhook.token',
          group_by: ['alertname'],
          group_wait: '10s',
          group_interval: '30s',
          repeat_interval: '4h',
          ...self().cluster(id).layers,
        })),
        answers(listClusters, () => ({
          items: [...self().clusters.keys()].map((id) => self().view(id)),
          next_cursor: null,
        })),
        answers(resolveTargets, ({ targets }) => self().resolve(targets)),
        answers(issueClusterToken, (query) => {
          self().cluster(query.cluster_id);
          self().issued.push(query);
          return {
            id: newId(),
            cluster_id: query.cluster_id,
            purpose: query.purpose,
            name: query.name ?? '',
            created_at: AT,
            token: newToken('webhook'),
          };
        }),
      ],
    });
    neighbours = new Neighbours(natsUrl, await fakePeer({ natsUrl, service: 'rules' }), clusters);
    await neighbours.startRules();
    return neighbours;
  }

  /** A cluster nobody else uses, with a sync token. */
  addCluster(name = `cluster-${newId()}`, labels: Record<string, string> = {}): KnownCluster {
    const id = newId();
    const cluster = {
      id,
      name,
      labels,
      syncToken: '',
      rules: [],
      questions: 0,
      withdrawn: [],
      webhookUrl: `http://127.0.0.1:8080/hook/${id}`,
      hasCanary: false,
    };
    cluster.syncToken = this.token(cluster, 'sync');
    this.clusters.set(id, cluster);
    return cluster;
  }

  private view(id: string): ClusterView {
    const { name, labels, hasCanary } = this.cluster(id);
    return {
      id,
      name,
      kind: 'prometheus',
      status: 'active',
      config: { sync_interval: '30s', canary: hasCanary },
      labels,
      version: 1,
      created_at: AT,
      updated_at: AT,
    };
  }

  private resolve(targets: readonly RuleTarget[]): ResolvedTargets {
    const all = [...this.clusters.values()];
    const carries = (cluster: KnownCluster, target: RuleTarget): boolean =>
      typeof target === 'string'
        ? [cluster.id, cluster.name].includes(target)
        : Object.entries(target.labels).every(([name, value]) => cluster.labels[name] === value);
    const clusters = all.filter((cluster) => targets.some((target) => carries(cluster, target)));
    const unknown = targets.filter((target) => typeof target === 'string' && !all.some((one) => carries(one, target)));
    return { clusters: clusters.map(({ id, name }) => ({ id, name })), unknown: unknown.map(String) };
  }

  removeCluster(id: string): void {
    this.clusters.delete(id);
  }

  token(cluster: Pick<KnownCluster, 'id' | 'name'>, purpose: ClusterTokenPurpose): string {
    const token = newToken(purpose);
    const token_hash = tokenHash(token);
    this.grants.set(token_hash, {
      token_id: newId(),
      cluster_id: cluster.id,
      cluster_name: cluster.name,
      purpose,
      token_hash,
    });
    return token;
  }

  /** Sets what a cluster should run and says so. */
  async place(cluster: KnownCluster, rules: ClusterRule[]): Promise<void> {
    cluster.rules = rules;
    const [first] = rules;
    await this.rules.publish(rulePublished, {
      rule_id: first?.rule_id ?? newId(),
      version: first?.version ?? 1,
      name: first?.name ?? 'none',
      cluster_id: cluster.id,
      published_at: AT,
    });
  }

  /** Takes rules away from a cluster the regular way. */
  async withdraw(cluster: KnownCluster, rules: ClusterRule[]): Promise<void> {
    const gone = rules.map(({ rule_id }) => rule_id);
    cluster.rules = cluster.rules.filter(({ rule_id }) => !gone.includes(rule_id));
    cluster.withdrawn.push(...gone);
    for (const { rule_id, version, name } of rules) {
      await this.rules.publish(ruleWithdrawn, {
        rule_id,
        version,
        name,
        cluster_id: cluster.id,
        deleted: true,
        withdrawn_at: AT,
      });
    }
  }

  async register(cluster: KnownCluster): Promise<void> {
    await this.clustersPeer.publish(clusterRegistered, {
      cluster_id: cluster.id,
      name: cluster.name,
      labels: {},
      version: 1,
      changed_at: AT,
    });
  }

  /** Sets what the cluster's layers add up to and says so. */
  async layer(cluster: KnownCluster, layers: KnownCluster['layers']): Promise<void> {
    cluster.layers = layers;
    await this.clustersPeer.publish(alertmanagerConfigChanged, { cluster_id: cluster.id, changed_at: AT });
  }

  /** Lets `rules` answer questions again. */
  async startRules(): Promise<void> {
    this.rulesAnswers = await fakePeer({
      natsUrl: this.natsUrl,
      service: 'rules',
      answers: [
        answers(getClusterRules, async ({ id }) => {
          this.cluster(id).questions += 1;
          await this.untilAllAsked();
          const { rules, withdrawn } = this.cluster(id);
          return { cluster_id: id, rules, withdrawn_rule_ids: withdrawn };
        }),
      ],
    });
  }

  /** Nobody answers for `rules` any more. */
  async stopRules(): Promise<void> {
    await this.rulesAnswers?.close();
    this.rulesAnswers = null;
  }

  async stop(): Promise<void> {
    await this.stopRules();
    await this.rules.close();
    await this.clustersPeer.close();
  }

  /** The next `count` questions for rules are all answered when the last of them has been asked. */
  answerTogether(count: number): void {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    this.held = { count, release, released };
  }

  /** How many questions wait for those that are to be answered with them. */
  get waiting(): number {
    return this.asked;
  }

  private async untilAllAsked(): Promise<void> {
    const { held } = this;
    if (!held) return;
    held.count -= 1;
    this.asked += 1;
    if (held.count > 0) return held.released;
    this.held = null;
    this.asked = 0;
    held.release();
  }

  private cluster(id: string): KnownCluster {
    const cluster = this.clusters.get(id);
    if (!cluster) throw new ServiceError('not_found', 'no such cluster');
    return cluster;
  }

  private grantOf(hash: string): ClusterTokenGrant {
    const grant = this.grants.get(hash);
    if (!grant) throw new ServiceError('not_found', 'no such token');
    return grant;
  }
}
