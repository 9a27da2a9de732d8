import { randomUUID } from 'node:crypto';
import {
  clusterChanged,
  clusterRegistered,
  createRule,
  getCluster,
  getRuleDistribution,
  getRuleFacts,
  listClusters,
  listRules,
  memberReported,
  resolveTargets,
  revisionApplied,
  revisionPublished,
  ServiceError,
  type Actor,
  type ClusterRef,
  type ClusterView,
  type DistributionTarget,
  type GetRuleFacts,
  type MemberReported,
  type ResolvedTargets,
  type ResolveTargets,
  type RuleFactsPage,
  type RuleInput,
  type RuleReport,
  type RuleView,
} from '@alertagent/contracts';
import { makeTempDir, pollUntil, removeDir, type NatsServer, type TestDatabase } from '@alertagent/local-stack';
import { Clock } from '@alertagent/service-kit';
import { answers, fakePeer, startService, type FakePeer, type TestService } from '@alertagent/service-kit/testing';
import { rulesService } from '../src/rules-service';

export const ACTOR: Actor = { kind: 'token', id: 'token-1', name: 'ada' };

/** The machine's clock, put forward by the test. */
class TestClock extends Clock {
  private offsetMs = 0;

  override now(): Date {
    return new Date(Date.now() + this.offsetMs);
  }

  advance(ms: number): void {
    this.offsetMs += ms;
  }
}

interface FakeCluster extends ClusterRef {
  labels: Record<string, string>;
  version: number;
  queryUrl: string | null;
}

interface RulesWorldOptions {
  config?: object;
  facts?: (query: GetRuleFacts) => RuleFactsPage;
  /** Does something with the database before the service starts for the first time. */
  prepare?: (storage: { dataDir: string; databaseUrl: string | undefined }) => Promise<void>;
}

/** The rules service with real NATS and a real database, and stand-ins for its neighbours. */
export class RulesWorld {
  readonly clock = new TestClock();
  private running: TestService | undefined;
  private revision = 0;

  private constructor(
    readonly nats: NatsServer,
    readonly gateway: FakePeer,
    readonly config: FakePeer,
    /** Stands for the clusters service, whose clusters are `known`. */
    readonly clustersPeer: FakePeer,
    private readonly known: Map<string, FakeCluster>,
    private readonly storage: { dataDir: string; databaseUrl: string | undefined; config: object },
  ) {}

  static async start(
    nats: NatsServer,
    database: TestDatabase,
    { config = {}, facts = noFacts, prepare }: RulesWorldOptions = {},
  ): Promise<RulesWorld> {
    const known = new Map<string, FakeCluster>();
    const peer = (service: 'gateway' | 'config' | 'clusters') =>
      fakePeer({
        natsUrl: nats.url,
        service,
        answers: {
          gateway: [answers(getRuleFacts, facts)],
          config: [],
          clusters: [
            answers(resolveTargets, (query) => resolve(known, query)),
            answers(getCluster, ({ id }) => clusterView(named(known, id))),
            answers(listClusters, () => ({ items: [...known.values()].map(clusterView) })),
          ],
        }[service],
      });
    const storage = {
      dataDir: await makeTempDir('rules'),
      databaseUrl: database.name === 'sqlite' ? undefined : await database.url('rules'),
      config,
    };
    await prepare?.(storage);
    const world = new RulesWorld(
      nats,
      await peer('gateway'),
      await peer('config'),
      await peer('clusters'),
      known,
      storage,
    );
    await world.startService();
    return world;
  }

  /** Where a service in a process of its own finds the data. */
  get databaseUrl(): string {
    return this.storage.databaseUrl ?? `sqlite:${this.storage.dataDir}`;
  }

  get service(): TestService {
    if (!this.running) throw new Error('the service is not running');
    return this.running;
  }

  async startService(): Promise<void> {
    this.running = await startService(rulesService, {
      natsUrl: this.nats.url,
      databaseUrl: this.storage.databaseUrl,
      config: { data_dir: this.storage.dataDir, ...this.storage.config },
      clock: this.clock,
    });
    await pollUntil(() => this.gateway.request(listRules, {}), {
      what: 'the rules service answers',
      timeoutMs: 30_000,
    });
  }

  async close(): Promise<void> {
    await this.service.close();
    await Promise.all([this.gateway.close(), this.config.close(), this.clustersPeer.close()]);
    await removeDir(this.storage.dataDir);
  }

  /** A cluster that the clusters service knows and has announced. */
  async cluster(
    labels: Record<string, string> = {},
    queryUrl: string | null = null,
    named: Partial<ClusterRef> = {},
  ): Promise<ClusterRef> {
    const names = { id: randomUUID(), name: `cluster-${randomUUID().slice(0, 8)}`, ...named };
    const cluster = { ...names, labels, version: 1, queryUrl };
    this.known.set(cluster.id, cluster);
    await this.clustersPeer.publish(clusterRegistered, fact(cluster));
    return { id: cluster.id, name: cluster.name };
  }

  /** Changes a cluster's labels and announces it. */
  async relabel(id: string, labels: Record<string, string>): Promise<void> {
    const cluster = this.known.get(id);
    if (!cluster) throw new Error('no such cluster');
    Object.assign(cluster, { labels, version: cluster.version + 1 });
    await this.clustersPeer.publish(clusterChanged, fact(cluster));
  }

  /** Announces that a cluster takes no rules any more. */
  async closeForRules(id: string): Promise<void> {
    const cluster = this.known.get(id);
    if (!cluster) throw new Error('no such cluster');
    cluster.version += 1;
    await this.clustersPeer.publish(clusterChanged, { ...fact(cluster), takes_rules: false });
  }

  create(changes: Partial<RuleInput> = {}): Promise<RuleView> {
    return this.gateway.request(createRule, { rule: ruleInput(changes), actor: ACTOR });
  }

  async targets(ruleId: string): Promise<DistributionTarget[]> {
    return (await this.gateway.request(getRuleDistribution, { id: ruleId })).targets;
  }

  /** Waits until the rule has this status on its only cluster. */
  async until(ruleId: string, status: DistributionTarget['status']): Promise<DistributionTarget> {
    return pollUntil(async () => (await this.targets(ruleId)).find((target) => target.status === status), {
      what: `rule is ${status}; now ${JSON.stringify(await this.targets(ruleId))}`,
    });
  }

  /** The config service serves these rules in a new revision of the cluster; answers its number. */
  async publishRevision(
    clusterId: string,
    rules: readonly Pick<RuleView, 'id' | 'version' | 'name' | 'group'>[],
    { revision = ++this.revision } = {},
  ): Promise<number> {
    this.revision = Math.max(this.revision, revision);
    await this.config.publish(revisionPublished, {
      cluster_id: clusterId,
      type: 'prometheus-rules',
      revision,
      hash: 'a'.repeat(64),
      rules: rules.map(({ id, version, name, group }) => ({ rule_id: id, rule_version: version, group, name })),
      published_at: this.clock.now().toISOString(),
    });
    return revision;
  }

  nextRevision(): number {
    return ++this.revision;
  }

  /** A member proves what it has loaded. */
  async apply(clusterId: string, report: Partial<MemberReported>, id?: string): Promise<void> {
    await this.config.publish(revisionApplied, this.report(clusterId, { state: 'live', exact: true, ...report }), id);
  }

  /** A member is between two steps, or just alive. */
  async say(clusterId: string, report: Partial<MemberReported>): Promise<void> {
    await this.config.publish(memberReported, this.report(clusterId, report));
  }

  report(clusterId: string, changes: Partial<MemberReported>): MemberReported {
    const reportedAt = this.clock.now().toISOString();
    const defaults = {
      type: 'prometheus-rules' as const,
      member: 'p0',
      state: 'idle' as const,
      revision: null,
      rules: [],
      exact: false,
    };
    return { cluster_id: clusterId, ...defaults, reported_at: reportedAt, ...changes };
  }
}

export const ruleInput = (changes: Partial<RuleInput> = {}): RuleInput => ({
  name: `rule-${randomUUID().slice(0, 8)}`,
  expression: 'up == 0',
  targets: [],
  ...changes,
});

/** A rule as a member shows it. */
export const shown = (
  rule: Pick<RuleView, 'id' | 'version' | 'name' | 'group'>,
  status: RuleReport['status'] = 'live',
  reason: string | null = null,
): RuleReport => ({
  group: rule.group,
  name: rule.name,
  rule_id: rule.id,
  rule_version: rule.version,
  status,
  reason,
});

const noFacts = ({ rules }: GetRuleFacts): RuleFactsPage => ({
  policy_version: 1,
  teams_named: 0,
  rules: rules.map(({ rule_id }) => ({ rule_id, teams: [], last_fired: [] })),
});

const clusterView = ({ id, name, labels, version, queryUrl }: FakeCluster): ClusterView => ({
  id,
  name,
  kind: 'prometheus',
  status: 'active',
  query_url: queryUrl,
  config: {},
  labels,
  version,
  created_at: '2030-01-01T00:00:00.000Z',
  updated_at: '2030-01-01T00:00:00.000Z',
});

function named(clusters: ReadonlyMap<string, FakeCluster>, wanted: string): FakeCluster {
  const found = [...clusters.values()].find(({ id, name }) => id === wanted || name === wanted);
  if (!found) throw new ServiceError('not_found', 'there is no such cluster');
  return found;
}

const fact = ({ id, name, labels, version }: FakeCluster) => ({
  cluster_id: id,
  name,
  labels,
  version,
  changed_at: '2030-01-01T00:00:00.000Z',
});

function resolve(clusters: ReadonlyMap<string, FakeCluster>, { targets }: ResolveTargets): ResolvedTargets {
  const all = [...clusters.values()];
  const found = targets.map((target) =>
    typeof target === 'string'
      ? all.filter(({ id, name }) => id === target || name === target)
      : all.filter(({ labels }) => Object.entries(target.labels).every(([name, value]) => labels[name] === value)),
  );
  const unknown = targets.filter(
    (target, index) => typeof target === 'string' && found[index]?.length === 0,
  ) as string[];
  return { clusters: found.flat().map(({ id, name }) => ({ id, name })), unknown };
}
