import { BARE_ALERTS, validBody, type Api, type Endpoint } from './api/endpoints';
import type { HostileStand, TokenKind } from './stand/hostile-stand';
import { webhookAlert, webhookMessage } from './stand/webhook-message';
import type { HostileRequest } from './wire/hostile-request';

/** What is different about a request. */
export interface Different {
  /** Text or bytes of the body; the endpoint's valid body unless given, none when null. */
  body?: string | Buffer | null;
  /** The whole target instead of the endpoint's path. */
  target?: string;
  /** Query without question mark. */
  query?: string;
  /** Path parameters that differ from what exists. */
  params?: Record<string, string>;
  token?: string | null;
  headers?: Record<string, string>;
  from?: string;
}

const ABSENT = '01900000-0000-7000-8000-00000000dead';

/** Makes requests that are right in everything but what they are asked to have different. */
export class RequestBuilder {
  constructor(
    private readonly stand: HostileStand,
    private readonly api: Api,
  ) {}

  request(endpoint: Endpoint, different: Different = {}): HostileRequest {
    const { body = this.bodyText(endpoint), query, headers = {}, from } = different;
    const token = different.token === undefined ? this.stand.token(tokenKindOf(endpoint)) : different.token;
    const target = different.target ?? this.path(endpoint, different.params) + queryOf(endpoint, query);
    return {
      method: endpoint.method,
      target,
      headers: [
        ...(token === null ? [] : ([['Authorization', `Bearer ${token}`]] as [string, string][])),
        ...(body === null || 'content-type' in headers
          ? []
          : ([['Content-Type', 'application/json']] as [string, string][])),
        ...Object.entries(headers),
      ],
      body: body === null ? null : Buffer.from(body),
      ...(from ? { from } : {}),
    };
  }

  /** The endpoint's path with ids of what exists, or with those given, which are not encoded. */
  path(endpoint: Endpoint, params: Record<string, string> = {}): string {
    return endpoint.path.replace(
      /\{(\w+)\}/g,
      (_, name: string) => params[name] ?? this.existingId(endpoint.path, name),
    );
  }

  /** A fresh valid body as an object; null for endpoints without one. */
  body(endpoint: Endpoint): Record<string, unknown> | null {
    if (endpoint.group === 'W') return webhookMessage([webhookAlert({ serial: String(this.stand.nextSerial()) })]);
    if (endpoint.body === null) return null;
    return validBody(endpoint, this.api.schemas, {
      ids: this.stand.ids,
      policy: this.stand.policy,
      serial: this.stand.nextSerial(),
    }) as Record<string, unknown>;
  }

  /** The gateway's metrics as text. */
  async metrics(): Promise<string> {
    const headers: [string, string][] = [['Authorization', `Bearer ${this.stand.token('viewer')}`]];
    return (await this.stand.send({ method: 'GET', target: '/metrics', headers, body: null })).text;
  }

  /** When the gateway's process started: another value means that it died. */
  async processStart(): Promise<string> {
    return /^\S*process_start_time_seconds\S* (\S+)$/m.exec(await this.metrics())?.[1] ?? 'unknown';
  }

  /** A fresh valid body as text. */
  bodyText(endpoint: Endpoint): string | null {
    const body = this.body(endpoint);
    if (endpoint.path === BARE_ALERTS)
      return JSON.stringify([webhookAlert({ serial: String(this.stand.nextSerial()) })]);
    return body === null ? null : JSON.stringify(body);
  }

  private existingId(path: string, name: string): string {
    const { ids } = this.stand;
    if (name === 'service') return 'gateway';
    if (name === 'version') return '1';
    if (name === 'note_id') return ids['note'] ?? ABSENT;
    if (name === 'tokenId') return ids['clusterToken'] ?? ABSENT;
    const kinds: readonly [RegExp, string][] = [
      [/^\/api\/v1\/rules\/disagreements/, 'disagreement'],
      [/^\/api\/v1\/rules/, 'rule'],
      [/^\/api\/v1\/signing-keys/, 'signingKey'],
      [/^\/api\/v1\/clusters/, 'cluster'],
      [/^\/api\/v1\/alerts\/analyze/, 'analysis'],
      [/^\/api\/v1\/alerts\/sources/, 'source'],
      [/^\/api\/v1\/alerts/, 'alert'],
      [/^\/api\/v1\/suppressions/, 'suppression'],
      [/^\/api\/v1\/policies\/what-if/, 'whatIf'],
      [/^\/api\/v1\/automation\/actions/, 'action'],
      [/^\/api\/v1\/incidents/, 'incident'],
      [/^\/api\/v1\/quarantine/, 'quarantined'],
      [/^\/api\/v1\/tokens/, 'token'],
    ];
    const kind = kinds.find(([prefix]) => prefix.test(path))?.[1];
    return (kind && ids[kind]) || ABSENT;
  }
}

/** The kind of token that may call an endpoint. */
export function tokenKindOf({ group }: Endpoint): TokenKind {
  if (group === 'W') return 'webhook';
  return group === 'C' ? 'sync' : 'admin';
}

function queryOf({ group, path }: Endpoint, query: string | undefined): string {
  if (query !== undefined) return `?${query}`;
  if (path.endsWith('/knowledge/search')) return '?q=disk';
  return group === 'C' ? '?cluster_id=hostile&type=prometheus-rules' : '';
}
