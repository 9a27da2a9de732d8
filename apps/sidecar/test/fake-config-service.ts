import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { keyStatementText, type KeyStatement } from '../src/key-chain';
import type { SidecarReport } from '../src/progress';
import type { ConfigType } from '../src/settings';
import { removalText, signedText } from '../src/verify-revision';

/** Id that the fake gives its only cluster. */
export const CLUSTER_ID = '0190b8f0-1111-7000-8000-000000000001';
export const SYNC_TOKEN = 'sync-token-of-the-test';

/** An Ed25519 key pair. */
export interface KeyPair {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

/** One revision as the fake serves it. */
export interface Published {
  revision: number;
  body: Buffer;
  rules: number;
  empty: boolean;
  /** Contents that it may follow although it lacks many of their rules. */
  from?: readonly Buffer[];
}

/** Replaces the normal answer to a fetch; answers false to leave it to the fake. */
export type Tamper = (response: ServerResponse, normal: { headers: Record<string, string>; body: Buffer }) => boolean;

/** Speaks the config service's protocol, signs for real, and can be told to misbehave. */
export class FakeConfigService {
  readonly reports: SidecarReport[] = [];
  readonly fetches: string[] = [];
  tamper: Tamper | null = null;
  /** When false the fake answers 304 at once instead of holding requests. */
  holds = true;
  webhookToken: string | null = 'webhook-token-of-the-test';
  /** Firing sets as they came, and what the fake answers to the next one. */
  readonly firingSets: { taken_at: string; alerts: { labels: Record<string, string> }[] }[] = [];
  firingSetStatus = 200;
  private published: Published | null = null;
  private held: (() => void)[] = [];
  /** What keys said about the ones that followed them. */
  statements: KeyStatement[] = [];
  private keys: KeyPair = generateKeyPairSync('ed25519');
  private server: Server | null = null;
  private port = 0;

  constructor(private readonly type: ConfigType = 'prometheus-rules') {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts listening; after a stop on the same port as before. */
  async start(): Promise<void> {
    const server = createServer((request, response) => void this.answer(request, response));
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    const address = server.address();
    this.port = typeof address === 'object' && address ? address.port : 0;
    this.server = server;
  }

  /** Goes away, breaking all connections. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (server === null) return;
    for (const wake of this.held.splice(0)) wake();
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Makes a revision the current one and wakes held requests. */
  publish(revision: number, text: string, options: Partial<Pick<Published, 'rules' | 'empty' | 'from'>> = {}): Buffer {
    const body = Buffer.from(text);
    const rules = options.rules ?? (text.match(/^\s*(- )?(alert|record):/gm) ?? []).length;
    this.published = { revision, body, rules, empty: options.empty ?? false, from: options.from ?? [] };
    for (const wake of this.held.splice(0)) wake();
    return body;
  }

  /** Signs with a new key from now on, which the former one has said follows it; who waits is told. */
  rotateKey(): void {
    const former = this.keys;
    this.keys = generateKeyPairSync('ed25519');
    this.statements.push(statement(former, this.keys.publicKey));
    for (const wake of this.held.splice(0)) wake();
  }

  /** The keys that it signs with now; setting them makes it somebody else. */
  get signingKeys(): KeyPair {
    return this.keys;
  }

  set signingKeys(keys: KeyPair) {
    this.keys = keys;
  }

  /** The reports about a state, oldest first. */
  reported(state: SidecarReport['state'], revision?: number): SidecarReport[] {
    return this.reports.filter(
      (report) => report.state === state && (revision === undefined || report.revision === revision),
    );
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const body = await readAll(request);
    if (request.headers.authorization !== `Bearer ${SYNC_TOKEN}`) return plain(response, 401);
    if (url.pathname === '/api/v1/configs/reports') {
      this.reports.push(JSON.parse(body) as SidecarReport);
      return plain(response, 204);
    }
    if (url.pathname === '/api/v1/alerts/firing-set') {
      this.firingSets.push(JSON.parse(body) as (typeof this.firingSets)[number]);
      return plain(response, this.firingSetStatus);
    }
    if (url.pathname === '/api/v1/configs/webhook-token') {
      if (this.webhookToken === null) return plain(response, 404);
      response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ token: this.webhookToken }));
      return;
    }
    if (url.pathname === '/api/v1/configs/keys') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ statements: this.statements }));
      return;
    }
    this.fetches.push(request.headers['if-none-match'] ?? '');
    await this.serve(request, response, url.searchParams.get('wait'));
  }

  private async serve(request: IncomingMessage, response: ServerResponse, wait: string | null): Promise<void> {
    if (
      this.published !== null &&
      request.headers['if-none-match'] === etagOf(this.published) &&
      wait !== null &&
      this.holds
    )
      await this.hold(wait);
    if (this.published === null) return plain(response, 404);
    const { body } = this.published;
    const headers = signedHeaders(this.published, this.type, this.keys);
    if (request.headers['if-none-match'] === etagOf(this.published) && this.tamper === null) {
      response.writeHead(304, headers).end();
      return;
    }
    if (this.tamper?.(response, { headers, body })) return;
    response.writeHead(200, { ...headers, 'content-length': String(body.length) }).end(body);
  }

  private hold(wait: string): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, wait.endsWith('ms') ? parseInt(wait, 10) : parseInt(wait, 10) * 1_000);
      this.held.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** What one key signs to say that another one follows it. */
export function statement(former: KeyPair, next: KeyObject): KeyStatement {
  const [previous, key] = [derOf(former.publicKey), derOf(next)];
  const signature = sign(null, keyStatementText(previous, key), former.privateKey).toString('base64');
  return { previous, key, signature };
}

/** The form of a public key on the wire. */
export function derOf(key: KeyObject): string {
  return key.export({ format: 'der', type: 'spki' }).toString('base64');
}

/** The headers of a correct 200 answer. */
export function signedHeaders(config: Published, type: ConfigType, keys: KeyPair): Record<string, string> {
  const hash = createHash('sha256').update(config.body).digest('hex');
  const text = signedText({
    clusterId: CLUSTER_ID,
    type,
    revision: config.revision,
    hash,
    length: config.body.length,
    rules: config.rules,
    emptyConfirmed: config.empty,
  });
  return {
    'content-type': 'application/yaml',
    etag: etagOf(config),
    'x-config-hash': hash,
    'x-config-revision': String(config.revision),
    'x-config-cluster': CLUSTER_ID,
    'x-config-rules': String(config.rules),
    ...(config.empty ? { 'x-config-empty': 'confirmed' } : {}),
    ...removalHeaders(config, type, hash, keys.privateKey),
    'x-config-signature': sign(null, text, keys.privateKey).toString('base64'),
    'x-config-key': derOf(keys.publicKey),
  };
}

function removalHeaders(
  config: Published,
  type: ConfigType,
  hash: string,
  privateKey: KeyObject,
): Record<string, string> {
  const confirmedFrom = (config.from ?? []).map((body) => createHash('sha256').update(body).digest('hex'));
  if (confirmedFrom.length === 0) return {};
  const text = removalText({ clusterId: CLUSTER_ID, type, revision: config.revision, hash, confirmedFrom });
  return {
    'x-config-removal': confirmedFrom.join(','),
    'x-config-removal-signature': sign(null, text, privateKey).toString('base64'),
  };
}

function etagOf(config: Published): string {
  return `"${config.revision}-${createHash('sha256').update(config.body).digest('hex').slice(0, 16)}"`;
}

function plain(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
