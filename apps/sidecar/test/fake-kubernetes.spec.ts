import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeKubernetes, NAME, NAMESPACE } from './fake-kubernetes';

/** What the reference of the API and the source of the kubelet say; the fake must not be kinder. */
describe('the fake Kubernetes', () => {
  let directory: string;
  let kubernetes: FakeKubernetes;
  const path = `/api/v1/namespaces/${NAMESPACE}/configmaps/${NAME}`;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'alertagent-kubernetes-'));
    mkdirSync(join(directory, 'mount'));
    kubernetes = new FakeKubernetes(directory);
    await kubernetes.start();
  });

  afterEach(async () => {
    await kubernetes.stop();
    rmSync(directory, { recursive: true });
  });

  const ask = (options: {
    method?: string;
    path?: string;
    token?: string;
    type?: string;
    patch?: object;
  }): Promise<{ status: number; body: Record<string, unknown> }> => {
    const config = JSON.parse(readFileSync(kubernetes.kubeconfig, 'utf8')) as {
      clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
      users: [{ user: { token: string } }];
    };
    const { cluster } = config.clusters[0];
    const { method = 'GET', token = config.users[0].user.token, type = 'application/merge-patch+json' } = options;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        new URL(options.path ?? path, cluster.server),
        {
          method,
          ca: Buffer.from(cluster['certificate-authority-data'], 'base64'),
          agent: false,
          headers: { authorization: `Bearer ${token}`, 'content-type': type },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () => {
            const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
            resolve({ status: answer.statusCode ?? 0, body });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(options.patch && JSON.stringify(options.patch));
    });
  };
  const patch = (body: object, type?: string): ReturnType<typeof ask> =>
    ask({ method: 'PATCH', patch: body, ...(type && { type }) });

  it('shows a ConfigMap with its version, which every change moves on', async () => {
    const before = await ask({});
    expect(before).toMatchObject({
      status: 200,
      body: {
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: { name: NAME, namespace: NAMESPACE, resourceVersion: '1' },
      },
    });
    const after = await patch({ data: { a: '1' } });
    expect(after.body).toMatchObject({ metadata: { resourceVersion: '2' }, data: { a: '1' } });
  });

  it('merges a patch: keys that it does not name stay', async () => {
    kubernetes.edit({ other: 'kept' });
    expect((await patch({ data: { a: '1' } })).body).toMatchObject({ data: { other: 'kept', a: '1' } });
  });

  it('refuses a patch of another version with 409, and takes one without a version', async () => {
    kubernetes.edit({ other: 'newer' });
    const stale = await patch({ metadata: { resourceVersion: '1' }, data: { a: '1' } });
    expect(stale).toMatchObject({ status: 409, body: { kind: 'Status', status: 'Failure', code: 409 } });
    expect((await patch({ metadata: {}, data: { a: '1' } })).status).toBe(200);
  });

  it('refuses values of more than 1 MiB together, and all of an immutable one, with 422', async () => {
    kubernetes.edit({ other: 'x'.repeat(1024 * 1024 - 1) });
    expect((await patch({ data: { a: '1' } })).status).toBe(200);
    expect((await patch({ data: { a: '12' } })).status).toBe(422);
    kubernetes.stored = { data: {}, version: 9, immutable: true };
    expect((await patch({ data: { a: '1' } })).status).toBe(422);
  });

  it('answers 401 without a token, 403 for another name or verb, 404 without the object, 415 for another form', async () => {
    expect((await ask({ token: 'wrong' })).status).toBe(401);
    expect((await ask({ path: path.replace(NAME, 'other') })).status).toBe(403);
    expect((await ask({ method: 'DELETE' })).status).toBe(403);
    expect((await patch({ data: {} }, 'application/json')).status).toBe(415);
    kubernetes.stored = null;
    expect((await ask({})).status).toBe(404);
  });

  it('mounts as the kubelet does: keys are links through ..data, which is swapped as a whole, and late', () => {
    kubernetes.edit({ 'rules.yml': 'one' });
    kubernetes.syncMount();
    const file = join(kubernetes.mount, 'rules.yml');
    const first = readlinkSync(join(kubernetes.mount, '..data'));
    expect(readlinkSync(file)).toBe('..data/rules.yml');
    expect(lstatSync(join(kubernetes.mount, '..data')).isSymbolicLink()).toBe(true);

    kubernetes.edit({ 'rules.yml': 'two' });
    expect(readFileSync(file, 'utf8')).toBe('one');
    kubernetes.syncMount();
    expect(readFileSync(file, 'utf8')).toBe('two');
    expect(readlinkSync(join(kubernetes.mount, '..data'))).not.toBe(first);
    expect(readdirSync(kubernetes.mount)).not.toContain(first);
  });
});
