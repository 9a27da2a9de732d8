import { defaultPolicy, type PolicySnapshot } from '@alertagent/alerting';
import {
  cancelBacktest,
  getBacktest,
  getCluster,
  getPolicyInForce,
  listBacktestedAlerts,
  listBacktests,
  resolveTargets,
  ServiceError,
  startBacktest,
  type Actor,
  type BacktestedAlert,
  type BacktestInput,
  type BacktestView,
  type ClusterView,
} from '@alertagent/contracts';
import { makeTempDir, pollUntil, removeDir, type NatsServer, type TestDatabase } from '@alertagent/local-stack';
import { answers, fakePeer, startService, type FakePeer, type TestService } from '@alertagent/service-kit/testing';
import { rulesService } from '../src/rules-service';

export const ACTOR: Actor = { kind: 'token', id: 'token-1', name: 'ada' };

/** Alerts of one name make one incident, and each incident one page. */
const POLICY: PolicySnapshot = {
  policy: defaultPolicy({
    convergence: { enabled: true, group_by: ['alertname'], window: '5m', max_alerts: 1000 },
    routing: { default_workflow: 'standard', rules: [] },
  }),
  suppressions: [],
};

/** The rules service with real NATS and a real database; it may ask what listens on this machine. */
export class BacktestWorld {
  /** What the gateway answers about the policy; null: it fails. */
  policy: PolicySnapshot | null = POLICY;
  /** Addresses of clusters by id. */
  readonly queryUrls = new Map<string, string | null>();

  private constructor(
    readonly service: TestService,
    readonly gateway: FakePeer,
    private readonly clusters: FakePeer,
    private readonly dataDir: string,
  ) {}

  static async start(nats: NatsServer, database: TestDatabase): Promise<BacktestWorld> {
    const dataDir = await makeTempDir('backtests');
    const holder: { world?: BacktestWorld } = {};
    const gateway = await fakePeer({
      natsUrl: nats.url,
      service: 'gateway',
      answers: [
        answers(getPolicyInForce, () => {
          const snapshot = holder.world?.policy;
          if (!snapshot) throw new ServiceError('unavailable', 'the database is away');
          return { version: 7, snapshot };
        }),
      ],
    });
    const clusters = await fakePeer({
      natsUrl: nats.url,
      service: 'clusters',
      answers: [
        answers(resolveTargets, () => ({ clusters: [{ id: 'eu', name: 'eu' }], unknown: [] })),
        answers(getCluster, ({ id }) => clusterOf(id, holder.world?.queryUrls.get(id))),
      ],
    });
    const service = await startService(rulesService, {
      natsUrl: nats.url,
      databaseUrl: database.name === 'sqlite' ? undefined : await database.url('rules'),
      config: { data_dir: dataDir, security: { outbound_allow: ['127.0.0.0/8'] } },
    });
    const world = new BacktestWorld(service, gateway, clusters, dataDir);
    holder.world = world;
    await pollUntil(() => gateway.request(listBacktests, {}), { what: 'the rules service answers', timeoutMs: 30_000 });
    return world;
  }

  async close(): Promise<void> {
    await this.service.close();
    await Promise.all([this.gateway.close(), this.clusters.close()]);
    await removeDir(this.dataDir);
  }

  begin(backtest: BacktestInput): Promise<BacktestView> {
    return this.gateway.request(startBacktest, { backtest, actor: ACTOR });
  }

  get(id: string): Promise<BacktestView> {
    return this.gateway.request(getBacktest, { id });
  }

  cancel(id: string): Promise<BacktestView> {
    return this.gateway.request(cancelBacktest, { id, actor: ACTOR });
  }

  /** Waits until it has ended, however that may be. */
  ended(id: string): Promise<BacktestView> {
    const look = async () => {
      const view = await this.get(id);
      return view.ended_at ? view : null;
    };
    return pollUntil(look, { what: 'the backtest has ended', timeoutMs: 60_000 });
  }

  /** Carries one out and answers what came of it. */
  async done(backtest: BacktestInput): Promise<BacktestView & { alerts: BacktestedAlert[] }> {
    const view = await this.ended((await this.begin(backtest)).id);
    if (view.state !== 'done') throw new Error(`the backtest is ${view.state}: ${view.error}`);
    return { ...view, alerts: await this.alerts(view.id) };
  }

  /** All alerts of one, page by page. */
  async alerts(id: string): Promise<BacktestedAlert[]> {
    const all: BacktestedAlert[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await this.gateway.request(listBacktestedAlerts, { id, cursor, limit: 3 });
      all.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor);
    return all;
  }
}

function clusterOf(id: string, queryUrl: string | null | undefined): ClusterView {
  if (queryUrl === undefined) throw new ServiceError('not_found', 'there is no such cluster');
  return {
    id,
    name: id,
    kind: 'prometheus',
    status: 'active',
    query_url: queryUrl,
    config: {},
    labels: {},
    version: 1,
    created_at: '2030-01-01T00:00:00.000Z',
    updated_at: '2030-01-01T00:00:00.000Z',
  };
}
