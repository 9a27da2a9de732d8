import { AlertAgent } from '@alertagent/e2e/alertagent';
import { pollUntil } from '@alertagent/local-stack';
import type { Answer } from '../wire/answer';
import { exchange, type ExchangeOptions, type Origin } from '../wire/exchange';
import { bytesOf, type HostileRequest } from '../wire/hostile-request';
import { storeDisagreement } from './stored-disagreement';
import { webhookAlert, webhookMessage } from './webhook-message';

/** Tokens of every kind, by what they are for. */
export type TokenKind =
  | 'admin'
  | 'operator'
  | 'viewer'
  | 'escalate'
  | 'execute'
  | 'status'
  | 'webhook'
  | 'sync'
  | 'otherWebhook'
  | 'otherSync'
  | 'retiredWebhook'
  | 'retiredSync'
  | 'revoked';

/** AlertAgent with all its services on SQLite and a NATS server of its own, and something of everything in it. */
export class HostileStand {
  readonly tokens: Record<string, string> = {};
  /** Ids of what exists, by kind. */
  readonly ids: Record<string, string> = {};
  /** The policy in force, where policies are offered. */
  policy: unknown = {};
  readonly origin: Origin;
  private serial = 0;

  private constructor(private readonly agent: AlertAgent) {
    const { hostname: host, port } = new URL(agent.url);
    this.origin = { host, port: Number(port) };
  }

  static async start(): Promise<HostileStand> {
    const stand = new HostileStand(await AlertAgent.start());
    try {
      await stand.furnish();
      return stand;
    } catch (error) {
      await stand.stop();
      throw error;
    }
  }

  stop(): Promise<void> {
    return this.agent.stop();
  }

  /** What the services wrote to the terminal lately. */
  output(): string {
    return this.agent.output();
  }

  /** A number nothing else was named with. */
  nextSerial(): number {
    this.serial += 1;
    return this.serial;
  }

  token(kind: TokenKind): string {
    const token = this.tokens[kind];
    if (token === undefined) throw new Error(`no ${kind} token was issued`);
    return token;
  }

  send(request: HostileRequest, options: ExchangeOptions = {}): Promise<Answer> {
    return exchange(this.origin, bytesOf(request), { ...options, from: request.from ?? options.from });
  }

  /** Reads as the administrator. Errors: any answer but 200. */
  get<T>(path: string): Promise<T> {
    return this.agent.get<T>(path);
  }

  /** Calls the API as the administrator. */
  call<T>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }> {
    return this.agent.call<T>(method, `/api/v1${path}`, body);
  }

  /** Delivers alerts that must be taken in whole. Errors: they are not. */
  async deliver(alerts: unknown[]): Promise<void> {
    const { status, body } = await this.agent.call<{ accepted: number; quarantined: unknown[] }>(
      'POST',
      '/api/v1/alerts/webhook',
      webhookMessage(alerts),
      this.token('webhook'),
    );
    if (status !== 202 || body.accepted !== alerts.length)
      throw new Error(`valid alerts were not taken: ${status} ${JSON.stringify(body)}`);
  }

  /** Waits until everything accepted has been processed. */
  async settled(): Promise<Record<string, unknown>> {
    return pollUntil(
      async () => {
        const ledger = await this.get<{ pending: number; balanced: boolean } & Record<string, unknown>>('/ledger');
        if (!ledger.balanced) throw new Error(`the ledger does not balance: ${JSON.stringify(ledger)}`);
        return ledger.pending === 0 ? ledger : null;
      },
      { what: 'an empty inbox', timeoutMs: 120_000, intervalMs: 50 },
    );
  }

  /** Ids of things by the kind of what is created where; what is not offered is left out. */
  async furnishMore(bodies: readonly { kind: string; path: string; body: unknown }[]): Promise<void> {
    const current = await this.call<{ policy?: unknown }>('GET', '/policies');
    if (current.status === 200) this.policy = current.body.policy ?? {};
    for (const { kind, path, body } of bodies) {
      const { status, body: created } = await this.call<{ id?: string }>('POST', path, body);
      if (status < 300 && created?.id !== undefined) this.ids[kind] = created.id;
    }
  }

  private async create<T>(path: string, body?: unknown): Promise<T> {
    const answer = await this.call<T>('POST', path, body);
    if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  private async furnish(): Promise<void> {
    this.tokens['admin'] = this.agent.adminToken;
    for (const role of ['operator', 'viewer'])
      this.tokens[role] = (await this.create<{ token: string }>('/tokens', { name: role, role })).token;
    for (const purpose of ['escalate', 'execute', 'status'])
      this.tokens[purpose] = (await this.create<{ token: string }>('/tokens', { name: purpose, purpose })).token;
    await this.furnishRevoked();
    await this.furnishClusters();
    const rule = {
      name: 'Fixture',
      group: 'hostile',
      expression: 'up == 0',
      labels: {},
      annotations: {},
      targets: ['hostile'],
    };
    this.ids['rule'] = (await this.create<{ id: string }>('/rules', rule)).id;
    this.ids['disagreement'] = storeDisagreement(this.agent.dataDir);
    // What is not found would be answered 404 to everything.
    await this.get(`/rules/disagreements/${this.ids['disagreement']}`);
    await this.furnishKeys();
    await this.furnishAlerts();
  }

  /** One key more, so that there is a retired one that can be given up. */
  private async furnishKeys(): Promise<void> {
    const { items } = await this.get<{ items: { id: string }[] }>('/signing-keys');
    const replaces = items[0]?.id ?? '';
    await this.create('/signing-keys', { replaces, reason: 'rotated', leave_behind: ['hostile', 'other'] });
    this.ids['signingKey'] = replaces;
  }

  private async furnishRevoked(): Promise<void> {
    const { id, token } = await this.create<{ id: string; token: string }>('/tokens', { name: 'gone', role: 'admin' });
    await this.call('DELETE', `/tokens/${id}`);
    this.tokens['revoked'] = token;
    const kept = await this.create<{ id: string }>('/tokens', { name: 'kept', role: 'viewer' });
    this.ids['token'] = kept.id;
  }

  private async furnishClusters(): Promise<void> {
    for (const [name, kinds] of [
      ['hostile', ['webhook', 'sync']],
      ['other', ['otherWebhook', 'otherSync']],
      ['retired', ['retiredWebhook', 'retiredSync']],
    ] as const) {
      const cluster = await this.create<{ id: string; tokens: { webhook: string; sync: string } }>('/clusters', {
        name,
      });
      this.tokens[kinds[0]] = cluster.tokens.webhook;
      this.tokens[kinds[1]] = cluster.tokens.sync;
      this.ids[name === 'hostile' ? 'cluster' : `${name}Cluster`] = cluster.id;
    }
    await this.call('DELETE', `/clusters/${this.ids['retiredCluster']}`);
    const { items } = await this.get<{ items: { id: string }[] }>(`/clusters/${this.ids['cluster']}/tokens`);
    this.ids['clusterToken'] = items[0]?.id ?? '';
  }

  private async furnishAlerts(): Promise<void> {
    await this.deliver([webhookAlert({ service: 'fixture' })]);
    await this.agent.call(
      'POST',
      '/api/v1/alerts/webhook',
      webhookMessage([{ status: 'firing' }]),
      this.token('webhook'),
    );
    await this.settled();
    const { items } = await this.get<{ items: { id: string; incident_id: string }[] }>('/alerts');
    this.ids['alert'] = items[0]?.id ?? '';
    this.ids['incident'] = items[0]?.incident_id ?? '';
    const quarantine = await this.get<{ items: { id: string }[] }>('/quarantine');
    this.ids['quarantined'] = quarantine.items[0]?.id ?? '';
    const analysis = await this.create<{ analysis_id: string }>('/alerts/analyze', { alert_id: this.ids['alert'] });
    this.ids['analysis'] = analysis.analysis_id;
    const action = { action_type: 'restart_service', alert_id: this.ids['alert'], target: { cluster: 'hostile' } };
    this.ids['action'] = (await this.create<{ id: string }>('/automation/execute', action)).id;
    await this.create('/alerts/escalate', { alert_id: this.ids['alert'], target_team: 'core' });
    await this.deliver([webhookAlert({ service: 'other' })]);
    await this.settled();
    const incidents = await this.get<{ items: { id: string }[] }>('/incidents');
    this.ids['otherIncident'] = incidents.items.find(({ id }) => id !== this.ids['incident'])?.id ?? '';
  }
}
