import { createPublicKey, verify } from 'node:crypto';
import {
  listSigningKeys,
  rotateSigningKey,
  serviceOperations,
  ServiceError,
  type SigningKeyView,
} from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import type { TestService } from '@alertagent/service-kit/testing';
import { DataSource } from 'typeorm';
import { RevisionEntity } from '../src/revisions/revision.entity';
import { HeadRefresh } from '../src/serving/head-refresh';
import { LongPolls } from '../src/serving/long-polls';
import { ConfigSigner } from '../src/signing/config-signer';
import { SigningKey } from '../src/signing/signing-key.entity';
import { ADA } from './fleet';
import { rule, type KnownCluster } from './neighbours';
import { Stand, type DatabaseKind, type Fetched } from './stand';

interface Statement {
  previous: string;
  key: string;
  signature: string;
}

const verifies = (key: string, text: string, signature: string): boolean => {
  const der = { key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' } as const;
  return verify(null, Buffer.from(text), createPublicKey(der), Buffer.from(signature, 'base64'));
};
const keyOf = ({ headers }: Fetched): string => headers.get('x-config-key') ?? '';

/** Whether the answer is signed by the key that it names. */
function isSigned(cluster: KnownCluster, { headers, body }: Fetched): boolean {
  const said = (name: string): string => headers.get(name) ?? '';
  const facts = [said('x-config-revision'), said('x-config-hash'), body.length, said('x-config-rules'), ''];
  const text = ['alertagent-config-v1', cluster.id, 'prometheus-rules', ...facts].join('\n');
  return verifies(said('x-config-key'), text, said('x-config-signature'));
}

describe.each<DatabaseKind>(['SQLite', 'MariaDB'])('the signing key on %s', (kind) => {
  let stand: Stand;
  let other: TestService;

  beforeAll(async () => {
    stand = await Stand.start(kind);
    other = await stand.startReplica();
  }, 120_000);

  afterAll(async () => {
    await other?.close();
    await stand?.stop();
  });

  const peer = (): Stand['neighbours']['rules'] => stand.neighbours.rules;
  const keys = async (): Promise<SigningKeyView[]> => (await peer().request(listSigningKeys, {})).items;
  const active = async (): Promise<SigningKeyView> => {
    const found = (await keys()).filter(({ state }) => state === 'active');
    expect(found).toHaveLength(1);
    return found[0]!;
  };
  const rotate = async (replaces?: string): Promise<SigningKeyView> => {
    const order = { replaces: replaces ?? (await active()).id, reason: 'once a year', actor: ADA };
    return peer().request(rotateSigningKey, order);
  };
  const look = async (): Promise<void> => {
    for (const service of [stand.service, other]) await service.get(HeadRefresh).tick();
  };
  const statements = async (token: string): Promise<{ status: number; statements: Statement[] }> => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${stand.service.httpUrl}/api/v1/configs/keys`, { headers });
    const body = (await answer.json()) as { statements?: Statement[] };
    return { status: answer.status, statements: body.statements ?? [] };
  };
  const withFile = async (): Promise<[KnownCluster, Fetched]> => {
    const cluster = stand.neighbours.addCluster();
    await stand.neighbours.place(cluster, [rule('Down')]);
    return [cluster, await stand.served(cluster, 1)];
  };

  it('is replaced at all replicas: what is served already is signed anew, and who waits is told', async () => {
    const [cluster, before] = await withFile();
    await stand.fetch(cluster, {}, other);
    const tag = before.headers.get('etag') ?? '';
    const waiting = [stand.service, other].map((service) => stand.fetch(cluster, { tag, wait: '60s' }, service));
    await pollUntil(() => [stand.service, other].every((service) => service.get(LongPolls).open === 1), {
      what: 'open long polls',
    });
    const former = await active();
    const made = await rotate();
    await look();
    for (const told of await Promise.all(waiting)) expect([told.status, keyOf(told)]).toEqual([304, made.public_key]);
    for (const service of [stand.service, other]) {
      const after = await stand.fetch(cluster, {}, service);
      expect([keyOf(after), after.headers.get('etag')]).toEqual([made.public_key, tag]);
      expect(after.body).toEqual(before.body);
      expect([isSigned(cluster, before), isSigned(cluster, after)]).toEqual([true, true]);
    }
    expect((await keys()).slice(0, 2)).toEqual([made, { ...former, state: 'retired', retired_at: made.created_at }]);
    expect(made).toMatchObject({ state: 'active', created_by: 'ada', previous_id: former.id, retired_at: null });
    const { items } = await peer().request(serviceOperations.config.listAudit, { limit: 100 });
    const entry = items.find(({ action, resource_id }) => action === 'config.rotate_key' && resource_id === made.id);
    expect(entry).toMatchObject({ actor: ADA, after: { reason: 'once a year' } });
    expect(JSON.stringify(entry)).not.toContain('private');
  });

  it('signs whatever is published after it, wherever that is rendered and before anybody looked', async () => {
    const [cluster] = await withFile();
    const [original] = cluster.rules;
    const made = await rotate();
    await stand.neighbours.place(cluster, [{ ...original!, version: 2 }]);
    const served = await stand.served(cluster, 2);
    expect([keyOf(served), isSigned(cluster, served)]).toEqual([made.public_key, true]);
  });

  it('is looked up before each signature, also by who did not hear of the rotation', async () => {
    const { id } = await rotate();
    const facts = { clusterId: 'c1', type: 'prometheus-rules' as const, revision: 1, hash: 'ab', bytes: 2, rules: 0 };
    const all = { ...facts, emptyConfirmed: false, confirmedFrom: null };
    const signed = [stand.service, other].map((service) => service.get(ConfigSigner).sign(all));
    expect((await Promise.all(signed)).map(({ keyId }) => keyId)).toEqual([id, id]);
  });

  it('is led to by a chain that sidecars may read, each statement signed by the key before', async () => {
    const [cluster] = await withFile();
    const first = (await active()).public_key;
    const [second, third] = [await rotate(), await rotate()];
    const answer = await statements(cluster.syncToken);
    const [one, two] = answer.statements.slice(-2) as [Statement, Statement];
    expect([one, two]).toMatchObject([
      { previous: first, key: second.public_key },
      { previous: second.public_key, key: third.public_key },
    ]);
    for (const { previous, key, signature } of answer.statements)
      expect(verifies(previous, `alertagent-key-v1\n${previous}\n${key}`, signature)).toBe(true);
    expect((await statements('aat_sync_nobodys')).status).toBe(401);
    expect((await statements(stand.neighbours.token(cluster, 'webhook'))).status).toBe(403);
  });

  it('is replaced once when the order is repeated, or given twice at once', async () => {
    const { id } = await active();
    const count = (await keys()).length;
    const given = await Promise.allSettled([rotate(id), rotate(id), rotate(id)]);
    expect(given.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of given)
      if (result.status === 'rejected') expect((result.reason as ServiceError).code).toBe('conflict');
    expect(await keys()).toHaveLength(count + 1);
    await expect(rotate(id)).rejects.toThrow(/another key signs now/);
  });

  it('does not sign anew what was changed in the database', async () => {
    const [cluster, before] = await withFile();
    const database = stand.service.get(DataSource).manager;
    await database.update(RevisionEntity, { clusterId: cluster.id }, { hash: 'f'.repeat(64) });
    await rotate();
    await stand.restart();
    const after = await stand.fetch(cluster);
    expect(keyOf(after)).toBe(keyOf(before));
    expect(isSigned(cluster, after)).toBe(false);
  });

  it('is kept sealed, and is the same after a restart', async () => {
    const made = await rotate();
    await stand.restart();
    const [cluster, served] = await withFile();
    expect([keyOf(served), isSigned(cluster, served)]).toEqual([made.public_key, true]);
    for (const { privateKey } of await stand.service.get(DataSource).manager.find(SigningKey)) {
      expect(privateKey).not.toMatch(/^MC4CAQAwBQYDK2Vw/);
      expect(Buffer.from(privateKey, 'base64').includes(Buffer.from('302e020100300506032b6570', 'hex'))).toBe(false);
    }
  });
});
