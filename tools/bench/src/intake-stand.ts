import { AlertAgent } from '@alertagent/e2e/alertagent';
import { startAlertmanager } from '@alertagent/local-stack';
import { profilingEnv, type BenchSettings } from './bench';
import { committedAlerts, copyInboxTable, startBenchMariadb } from './bench-mariadb';
import { NodeProgram } from './node-program';
import { runLoad, type LoadResult, type LoadSettings, type LoadTarget } from './load/load';

const PRODUCT_DATABASE = 'alertagent';
/** `gateway.intake.max_batch` as delivered: the bare intake may gather as many. */
const MAX_BATCH = 64;

/** A load without its target. */
export type Load = Omit<LoadSettings, 'target' | 'firstAlert'>;

/** AlertAgent on MariaDB and its rivals on the same machine, database server and table. */
export class IntakeStand {
  private nextAlert = 0;
  private bareRuns = 0;
  private acceptedByAgent = 0;

  private constructor(
    private readonly mariadb: Awaited<ReturnType<typeof startBenchMariadb>>,
    readonly agent: AlertAgent,
    private readonly webhookToken: string,
  ) {}

  /** Starts it; `later` takes what has to be undone. */
  static async start(settings: BenchSettings, later: (undo: () => Promise<unknown>) => void): Promise<IntakeStand> {
    const mariadb = await startBenchMariadb();
    later(() => mariadb.stop());
    const url = await mariadb.createDatabase(PRODUCT_DATABASE);
    const agent = await AlertAgent.start({ env: { ALERTAGENT_DATABASE_URL: url, ...profilingEnv(settings) } });
    later(() => agent.stop());
    const registered = await agent.call<{ tokens: { webhook: string } }>('POST', '/api/v1/clusters', { name: 'bench' });
    if (registered.status !== 201) throw new Error(`the cluster was not registered: ${JSON.stringify(registered)}`);
    return new IntakeStand(mariadb, agent, registered.body.tokens.webhook);
  }

  /** Where AlertAgent keeps everything. */
  get databaseUrl(): string {
    return this.mariadb.url(PRODUCT_DATABASE);
  }

  /** Puts a load on AlertAgent. Errors: anything it acknowledged is not in the database. */
  async loadAgent(load: Load): Promise<LoadResult> {
    const port = Number(new URL(this.agent.url).port);
    const result = await this.run(load, {
      kind: 'webhook',
      port,
      path: '/api/v1/alerts/webhook',
      token: this.webhookToken,
    });
    this.acceptedByAgent += result.acceptedAlerts;
    const committed = await committedAlerts(this.databaseUrl);
    if (committed < this.acceptedByAgent)
      throw new Error(`${this.acceptedByAgent} alerts acknowledged, ${committed} committed`);
    return result;
  }

  /** Puts a load on a fresh bare intake with an empty table. Errors: as above. */
  async loadBare(load: Load): Promise<LoadResult> {
    this.bareRuns += 1;
    const databaseUrl = await copyInboxTable(this.mariadb, PRODUCT_DATABASE, `bare${this.bareRuns}`);
    const server = new NodeProgram('bare/bare-intake', { databaseUrl, maxBatch: MAX_BATCH });
    try {
      const { port } = await server.answer<{ port: number }>(15_000);
      const result = await this.run(load, { kind: 'webhook', port, path: '/', token: null });
      const committed = await committedAlerts(databaseUrl);
      if (committed < result.acceptedAlerts)
        throw new Error(`${result.acceptedAlerts} alerts acknowledged, ${committed} committed`);
      return result;
    } finally {
      await server.stop();
    }
  }

  /** Puts a load on a fresh Alertmanager, which keeps alerts in memory. */
  async loadAlertmanager(load: Load): Promise<LoadResult> {
    const alertmanager = await startAlertmanager();
    try {
      return await this.run(load, {
        kind: 'alertmanager',
        port: alertmanager.port,
        path: '/api/v2/alerts',
        token: null,
      });
    } finally {
      await alertmanager.stop();
    }
  }

  private async run(load: Load, target: LoadTarget): Promise<LoadResult> {
    // No load sends more than this, so that no two overlap.
    const firstAlert = this.nextAlert;
    this.nextAlert += 100_000_000;
    return runLoad({ ...load, target, firstAlert });
  }
}

/** What a reader should know about a load's result; empty when all is well. */
export function remarksOn(result: LoadResult): string {
  const failures = Object.entries(result.failures).map(([what, count]) => `${count}x ${what}`);
  return failures.length === 0 ? '' : `not accepted: ${failures.join(', ')}`;
}
