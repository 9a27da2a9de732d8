import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';

const TOKEN = 'token-of-the-writer';
export const NAMESPACE = 'monitoring';
export const NAME = 'prometheus-rules';
const PATH = `/api/v1/namespaces/${NAMESPACE}/configmaps/${NAME}`;
const LIMIT = 1024 * 1024;

/** What the fake keeps, in the form of the API. */
interface StoredConfigMap {
  data: Record<string, string>;
  version: number;
  immutable: boolean;
}

/** Answers in the place of the fake when it returns true. */
export type Interference = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * The ConfigMap part of a Kubernetes: an API server with TLS, tokens, a Role, versions and limits, and a kubelet that
 * copies the data into a directory the way it does: a new directory, then one swap of the link `..data`.
 */
export class FakeKubernetes {
  stored: StoredConfigMap | null = { data: {}, version: 1, immutable: false };
  interfere: Interference | null = null;
  /** Verbs of the Role. */
  verbs = new Set(['get', 'patch']);
  readonly requests: string[] = [];
  /** Called after a PATCH was stored, and before it is answered. */
  onStored: (() => void) | null = null;
  private server: Server | null = null;
  private generation = 0;

  /** `directory` gets the certificate, the kubeconfig and `mount`, which is what a pod would see. */
  constructor(private readonly directory: string) {}

  get kubeconfig(): string {
    return join(this.directory, 'kubeconfig');
  }

  get mount(): string {
    return join(this.directory, 'mount');
  }

  async start(): Promise<void> {
    mkdirSync(this.mount, { recursive: true });
    const [key, cert] = [join(this.directory, 'tls.key'), join(this.directory, 'tls.crt')];
    const subject = ['-subj', '/CN=fake', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
    const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync('openssl', [...args, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      void this.answer(request, response);
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const cluster = {
      server: `https://127.0.0.1:${port}`,
      'certificate-authority-data': readFileSync(cert).toString('base64'),
    };
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'fake',
      clusters: [{ name: 'fake', cluster }],
      users: [{ name: 'writer', user: { token: TOKEN } }],
      contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'writer' } }],
    };
    writeFileSync(this.kubeconfig, JSON.stringify(kubeconfig));
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** One look of the kubelet: the mounted directory becomes what is stored. */
  syncMount(): void {
    this.generation += 1;
    const fresh = join(this.mount, `..generation_${this.generation}`);
    mkdirSync(fresh);
    const data = this.stored?.data ?? {};
    for (const [key, text] of Object.entries(data)) writeFileSync(join(fresh, key), text);
    symlinkSync(`..generation_${this.generation}`, join(this.mount, '..data_tmp'));
    renameSync(join(this.mount, '..data_tmp'), join(this.mount, '..data'));
    const linked = new Set(readdirSync(this.mount));
    for (const key of Object.keys(data)) if (!linked.has(key)) symlinkSync(join('..data', key), join(this.mount, key));
    rmSync(join(this.mount, `..generation_${this.generation - 1}`), { recursive: true, force: true });
  }

  /** What somebody with `kubectl edit` does. */
  edit(data: Record<string, string>): void {
    if (this.stored) this.stored = { ...this.stored, data, version: this.stored.version + 1 };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const verb = request.method === 'GET' ? 'get' : request.method === 'PATCH' ? 'patch' : 'other';
    this.requests.push(verb);
    if (this.interfere?.(request, response)) return;
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return status(response, 401, 'Unauthorized');
    if (request.url !== PATH || !this.verbs.has(verb))
      return status(response, 403, `configmaps "${NAME}" is forbidden: User cannot ${verb} resource`);
    if (this.stored === null) return status(response, 404, `configmaps "${NAME}" not found`);
    if (verb === 'patch') return this.patch(request, response, Buffer.concat(chunks));
    this.show(response, this.stored);
  }

  private patch(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    if (request.headers['content-type'] !== 'application/merge-patch+json')
      return status(response, 415, 'the body of the request was in an unknown format');
    if (body.length > 3 * LIMIT) return status(response, 413, 'Request entity too large');
    const stored = this.stored as StoredConfigMap;
    const { metadata = {}, data } = JSON.parse(body.toString()) as {
      metadata?: { resourceVersion?: string };
      data: Record<string, string>;
    };
    if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== String(stored.version))
      return status(response, 409, 'Operation cannot be fulfilled: the object has been modified');
    if (stored.immutable) return status(response, 422, 'data: Forbidden: field is immutable when `immutable` is set');
    const merged = { ...stored.data, ...data };
    const size = Object.values(merged).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (size > LIMIT)
      return status(response, 422, `ConfigMap is invalid: Too long: may not be more than ${LIMIT} bytes`);
    this.stored = { ...stored, data: merged, version: stored.version + 1 };
    this.onStored?.();
    if (!response.destroyed) this.show(response, this.stored);
  }

  private show(response: ServerResponse, { data, version, immutable }: StoredConfigMap): void {
    const metadata = { name: NAME, namespace: NAMESPACE, uid: 'u', resourceVersion: String(version) };
    const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata, data, ...(immutable ? { immutable } : {}) };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(object));
  }
}

function status(response: ServerResponse, code: number, message: string): void {
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code };
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
