import { createHash } from 'node:crypto';
import { ClusterTokens, type Clock } from '@alertagent/service-kit';
import {
  fakePeer,
  startService,
  type FakePeer,
  type TestService,
  type TestServiceOptions,
} from '@alertagent/service-kit/testing';
import {
  makeTempDir,
  pollUntil,
  removeDir,
  startMariadb,
  startNats,
  type MariadbServer,
  type NatsServer,
} from '@alertagent/local-stack';
import { DataSource } from 'typeorm';
import type { AlertDetail, AlertPage, AlertView } from '../src/alerts/alert.dto';
import type { IncidentDetail, IncidentPage } from '../src/incidents/incident.dto';
import type { LedgerView } from '../src/ledger/ledger.dto';
import { gatewayService } from '../src/service';

export type DatabaseKind = 'SQLite' | 'MariaDB';
export const DATABASES: readonly DatabaseKind[] = ['SQLite', 'MariaDB'];

export const ADMIN_TOKEN = 'aat_admin_for_tests_only_0123456789';

export interface Answer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: T;
}

interface Cluster {
  id: string;
  token: string;
}

/** What a slow machine makes wait is not refused; a test about refusals says how long is too long. */
function patiently(config: NonNullable<TestServiceOptions['config']>): NonNullable<TestServiceOptions['config']> {
  const gateway = (config['gateway'] ?? {}) as { intake?: object };
  return { ...config, gateway: { ...gateway, intake: { max_wait: 8_000, ...gateway.intake } } };
}

/** The gateway over a real NATS server and a real database, seen from outside. */
export class AlertStand {
  readonly first: Cluster = { id: '01900000-0000-7000-8000-00000000000a', token: `aat_webhook_${'a'.repeat(43)}` };
  readonly second: Cluster = { id: '01900000-0000-7000-8000-00000000000b', token: `aat_webhook_${'b'.repeat(43)}` };
  service!: TestService;
  clusters!: FakePeer;

  private constructor(
    readonly nats: NatsServer,
    readonly mariadb: MariadbServer | null,
    readonly databaseUrl: string,
    private readonly dataDir: string,
  ) {}

  static async start(
    kind: DatabaseKind,
    config: TestServiceOptions['config'] = {},
    clock?: Clock,
  ): Promise<AlertStand> {
    const dataDir = await makeTempDir('gateway');
    const nats = await startNats();
    const mariadb = kind === 'MariaDB' ? await startMariadb() : null;
    const databaseUrl = (await mariadb?.createDatabase('alertagent')) ?? `sqlite:${dataDir}`;
    const stand = new AlertStand(nats, mariadb, databaseUrl, dataDir);
    stand.clusters = await fakePeer({ natsUrl: nats.url, service: 'clusters' });
    stand.service = await stand.startReplica(config, clock);
    await stand.admit(stand.first, 'first');
    await stand.admit(stand.second, 'second');
    return stand;
  }

  /** One more gateway on the same database. */
  startReplica(config: TestServiceOptions['config'] = {}, clock?: Clock): Promise<TestService> {
    return startService(gatewayService, {
      natsUrl: this.nats.url,
      databaseUrl: this.databaseUrl,
      clock,
      config: patiently({ ...config, security: { admin_token: ADMIN_TOKEN } }),
    });
  }

  async stop(): Promise<void> {
    await this.service?.close();
    await this.clusters.close();
    await this.mariadb?.stop();
    await this.nats.stop();
    await removeDir(this.dataDir);
  }

  get database(): DataSource {
    return this.service.get(DataSource);
  }

  /** Delivers a message as an Alertmanager would. */
  async deliver(
    body: unknown,
    { cluster = this.first, url = this.service.httpUrl! }: { cluster?: Cluster; url?: string } = {},
  ): Promise<Answer> {
    return this.post(typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body), {
      url,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${cluster.token}` },
    });
  }

  /** Posts bytes to the webhook with exactly these headers. */
  async post(
    body: string | Uint8Array,
    { headers, url = this.service.httpUrl! }: { headers: Record<string, string>; url?: string },
  ): Promise<Answer> {
    const response = await fetch(`${url}/api/v1/alerts/webhook`, { method: 'POST', headers, body, redirect: 'manual' });
    return answerOf(response);
  }

  /** Posts JSON to any address that takes alerts, with the webhook token of a cluster. */
  async send<T = Record<string, unknown>>(
    path: string,
    body: unknown,
    cluster: Cluster = this.first,
  ): Promise<Answer<T>> {
    const response = await fetch(this.service.httpUrl + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${cluster.token}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return answerOf<T>(response);
  }

  /** Asks the API with a JSON body, as an administrator. */
  async tell<T = Record<string, unknown>>(
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const response = await fetch(`${this.service.httpUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return answerOf<T>(response);
  }

  async get<T>(path: string): Promise<T> {
    const answer = await this.ask<T>('GET', path);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async ask<T>(method: string, path: string, token = ADMIN_TOKEN): Promise<Answer<T>> {
    const response = await fetch(`${this.service.httpUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
    });
    return answerOf<T>(response);
  }

  ledger(): Promise<LedgerView> {
    return this.get<LedgerView>('/ledger');
  }

  /** The ledger once everything accepted has been processed. */
  settled(): Promise<LedgerView> {
    return pollUntil(
      async () => {
        const ledger = await this.ledger();
        if (!ledger.balanced) throw new Error(`the ledger does not balance: ${JSON.stringify(ledger)}`);
        return ledger.pending === 0 ? ledger : null;
      },
      { what: 'an empty inbox', timeoutMs: 30_000 },
    );
  }

  async alerts(query = ''): Promise<AlertView[]> {
    return (await this.get<AlertPage>(`/alerts?limit=500${query}`)).items;
  }

  alert(id: string): Promise<AlertDetail> {
    return this.get<AlertDetail>(`/alerts/${id}`);
  }

  /** All incidents, newest first, with their alerts. */
  async incidents(): Promise<IncidentDetail[]> {
    const { items } = await this.get<IncidentPage>('/incidents?limit=500');
    return Promise.all(items.map(({ id }) => this.get<IncidentDetail>(`/incidents/${id}`)));
  }

  private async admit({ id, token }: Cluster, name: string): Promise<void> {
    await this.service.get(ClusterTokens).learn({
      token_id: id,
      cluster_id: id,
      cluster_name: name,
      purpose: 'webhook',
      token_hash: createHash('sha256').update(token).digest('hex'),
    });
  }
}

async function answerOf<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as T };
}
