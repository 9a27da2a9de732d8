import { randomBytes } from 'node:crypto';
import {
  clusterRetired,
  endSigningKey,
  getClusterSync,
  listKeySidecars,
  listSigningKeys,
  listSyncHistory,
  rotateSigningKey,
  serviceOperations,
  type KeySidecar,
  type MemberSync,
  type SidecarReport,
  type SigningKeyList,
  type SigningKeyView,
  type SyncChange,
} from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { DataSource } from 'typeorm';
import { SigningKey } from '../src/signing/signing-key.entity';
import { ADA } from './fleet';
import { rule, type KnownCluster } from './neighbours';
import { Stand, type DatabaseKind } from './stand';

type Key = SigningKeyView & { fingerprint: string };

/** A key of somebody else. */
const THEIRS = 'f'.repeat(64);

describe.each<DatabaseKind>(['SQLite', 'MariaDB'])('the keys that sidecars tell of, on %s', (kind) => {
  let stand: Stand;

  beforeEach(async () => {
    stand = await Stand.start(kind);
  }, 120_000);

  afterEach(() => stand?.stop());

  const peer = (): Stand['neighbours']['rules'] => stand.neighbours.rules;
  const keys = (): Promise<SigningKeyList> => peer().request(listSigningKeys, {});
  const active = async (): Promise<Key> => (await keys()).items[0] as Key;
  const rotate = async (leave_behind?: string[]): Promise<Key> =>
    (await peer().request(rotateSigningKey, {
      replaces: (await active()).id,
      reason: 'once a year',
      actor: ADA,
      ...(leave_behind ? { leave_behind } : {}),
    })) as Key;
  const syncOf = async (cluster: KnownCluster): Promise<MemberSync[]> =>
    (await peer().request(getClusterSync, { cluster_id: cluster.id })).members;
  const historyOf = async (cluster: KnownCluster): Promise<SyncChange[]> =>
    (await peer().request(listSyncHistory, { cluster_id: cluster.id, limit: 100 })).items;
  const namesOn = async (key: string): Promise<string[]> =>
    (await peer().request(listKeySidecars, { key, limit: 100 })).items.map(({ member }) => member);
  const tell = async (cluster: KnownCluster, member: string, told: SidecarReport['keys']): Promise<void> => {
    const report = { member, state: 'loaded' as const, revision: 1, rules: [], ...(told ? { keys: told } : {}) };
    expect((await stand.report(cluster, report)).status).toBe(204);
  };
  const statements = async (cluster: KnownCluster): Promise<unknown[]> => {
    const headers = { authorization: `Bearer ${cluster.syncToken}` };
    const answer = await fetch(`${stand.service.httpUrl}/api/v1/configs/keys`, { headers });
    return ((await answer.json()) as { statements: unknown[] }).statements;
  };
  const serving = async (name?: string): Promise<KnownCluster> => {
    const cluster = stand.neighbours.addCluster(name);
    await stand.neighbours.place(cluster, [rule('Down')]);
    await stand.served(cluster, 1);
    return cluster;
  };

  it('are shown of each member beside the one that signs, and kept in its history', async () => {
    const cluster = await serving();
    const first = await active();
    const [old, their] = [first.fingerprint, THEIRS];
    await tell(cluster, 'a', { trusted: old, revision: old, set: null });
    await tell(cluster, 'b', { trusted: old, revision: old, set: old });
    await tell(cluster, 'c', { trusted: their, revision: null, set: their });
    await tell(cluster, 'd', { trusted: null, revision: null, set: null });
    const second = await rotate();
    await tell(cluster, 'a', { trusted: second.fingerprint, revision: old, set: null });
    const told = (fingerprint: string, id: string | null): object => ({ fingerprint, id });
    expect(await syncOf(cluster)).toMatchObject([
      {
        member: 'a',
        key_trust: 'active',
        trusted_key: told(second.fingerprint, second.id),
        revision_key: told(old, first.id),
      },
      { member: 'b', key_trust: 'older', trusted_key: told(old, first.id), revision_key: told(old, first.id) },
      { member: 'c', key_trust: 'foreign', trusted_key: told(their, null), revision_key: null },
      { member: 'd', key_trust: 'none', trusted_key: null, revision_key: null },
    ]);
    const changes = (await historyOf(cluster)).filter(({ member }) => member === 'a');
    expect(changes).toMatchObject([
      { trusted_key: { id: second.id }, revision_key: { id: first.id } },
      { trusted_key: { id: first.id }, revision_key: { id: first.id } },
    ]);
  });

  it('are unknown where a sidecar does not tell, and again when it does so no longer', async () => {
    const cluster = await serving();
    await tell(cluster, 'a', null);
    expect(await syncOf(cluster)).toMatchObject([{ key_trust: 'unknown', trusted_key: null, revision_key: null }]);
    expect(await keys()).toMatchObject({ unknown_sidecars: 1, foreign_sidecars: 0 });
    const { fingerprint } = await active();
    await tell(cluster, 'a', { trusted: fingerprint, revision: fingerprint, set: null });
    expect(await keys()).toMatchObject({ unknown_sidecars: 0, items: [{ sidecars: 1 }] });
    await tell(cluster, 'a', null);
    expect(await syncOf(cluster)).toMatchObject([{ key_trust: 'unknown', trusted_key: null }]);
    expect(await keys()).toMatchObject({ unknown_sidecars: 1, items: [{ sidecars: 0 }] });
  });

  it('tell who rests on which key, page by page', async () => {
    const [north, south] = [await serving(), await serving()];
    const first = await active();
    const on = (fingerprint: string, set: string | null = null): SidecarReport['keys'] => ({
      trusted: fingerprint,
      revision: fingerprint,
      set,
    });
    for (const member of ['a', 'b', 'c']) await tell(north, member, on(first.fingerprint));
    await tell(south, 'd', on(THEIRS));
    const second = await rotate();
    await tell(north, 'a', on(second.fingerprint));
    // It went over, and would begin with the former key again if it lost its state.
    await tell(north, 'b', on(second.fingerprint, first.fingerprint));
    await tell(south, 'e', null);
    const { items, ...others } = await keys();
    expect(items.map(({ id, sidecars }) => [id, sidecars])).toEqual([
      [second.id, 2],
      [first.id, 2],
    ]);
    expect(others).toEqual({ unknown_sidecars: 1, foreign_sidecars: 1 });
    expect([await namesOn(second.id), await namesOn(first.id)]).toEqual([
      ['a', 'b'],
      ['b', 'c'],
    ]);
    expect([await namesOn('unknown'), await namesOn('foreign')]).toEqual([['e'], ['d']]);
    const page = await peer().request(listKeySidecars, { key: first.id, limit: 1 });
    expect(page.items).toMatchObject([{ cluster_id: north.id, member: 'b', set_key: first.fingerprint }]);
    const next = await peer().request(listKeySidecars, { key: first.id, limit: 1, cursor: page.next_cursor });
    expect(next).toMatchObject({ items: [{ member: 'c' }] satisfies Partial<KeySidecar>[], next_cursor: null });
    const badly = { key: first.id, cursor: 'x' };
    await expect(peer().request(listKeySidecars, badly)).rejects.toMatchObject({ code: 'invalid' });
    await expect(peer().request(listKeySidecars, { key: 'k' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('of clusters that are gone count for nothing', async () => {
    const cluster = await serving();
    const { fingerprint, id } = await active();
    await tell(cluster, 'a', { trusted: fingerprint, revision: fingerprint, set: null });
    await tell(cluster, 'b', null);
    expect(await keys()).toMatchObject({ unknown_sidecars: 1, items: [{ sidecars: 1 }] });
    stand.neighbours.removeCluster(cluster.id);
    await stand.neighbours.clustersPeer.publish(clusterRetired, {
      cluster_id: cluster.id,
      name: cluster.name,
      retired_at: new Date().toISOString(),
    });
    await pollUntil(async () => (await keys()).unknown_sidecars === 0, { what: 'the cluster to be gone' });
    expect([(await active()).sidecars, await namesOn(id), await namesOn('unknown')]).toEqual([0, [], []]);
    await rotate();
  });

  it('are asked for before the key is replaced: who does not tell is left behind only if its cluster is named', async () => {
    const [north, south] = [await serving('north'), await serving('south')];
    await tell(north, 'a', null);
    await tell(south, 'b', null);
    const { id } = await active();
    await expect(rotate()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/north.*leave_behind/) as string,
    });
    await expect(rotate(['north'])).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/^sidecars in south do/) as string,
    });
    await expect(rotate(['north', 'paris'])).rejects.toMatchObject({ code: 'invalid' });
    expect((await active()).id).toBe(id);
    const made = await rotate(['north', south.id]);
    const { items } = await peer().request(serviceOperations.config.listAudit, { limit: 100 });
    const entry = items.find(({ resource_id }) => resource_id === made.id);
    expect(entry).toMatchObject({ after: { sidecars_left_behind: 2 } });
  });

  it('are asked for before a key is given up: who rests on it or on one before it is left behind only by name', async () => {
    const [north, south] = [await serving('north'), await serving('south')];
    const first = await active();
    const on = ({ fingerprint }: Key): SidecarReport['keys'] => ({ trusted: fingerprint, revision: fingerprint });
    await tell(north, 'a', on(first));
    await tell(south, 'b', on(first));
    const second = await rotate();
    const third = await rotate();
    const end = (id: string, leave_behind?: string[]): Promise<SigningKeyView> =>
      peer().request(endSigningKey, { id, reason: 'stolen', actor: ADA, ...(leave_behind ? { leave_behind } : {}) });
    await expect(end('k')).rejects.toMatchObject({ code: 'not_found' });
    await expect(end(third.id)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/signs/) as string,
    });
    // The second key is where statements lead those from that rest on the first.
    for (const { id } of [first, second])
      await expect(end(id)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(/north, south rest on/) as string,
      });
    await tell(north, 'a', on(third));
    await expect(end(second.id, ['north'])).rejects.toMatchObject({ code: 'conflict' });
    expect(await statements(north)).toHaveLength(2);
    expect((await end(second.id, ['south'])).ended_at).toEqual(expect.any(String));
    expect((await keys()).items.map(({ id, ended_at }) => [id, ended_at === null])).toEqual([
      [third.id, true],
      [second.id, false],
      [first.id, false],
    ]);
    expect(await statements(north)).toEqual([]);
    // The order repeated, now without a name: there is nothing left to be done.
    await end(second.id);
    const { items } = await peer().request(serviceOperations.config.listAudit, { limit: 100 });
    expect(items.filter(({ action }) => action === 'config.end_key')).toMatchObject([
      { resource_id: second.id, after: { reason: 'stolen', sidecars_left_behind: 1 } },
    ]);
    const fourth = await rotate();
    expect(await statements(north)).toMatchObject([{ previous: third.public_key, key: fourth.public_key }]);
  });

  it('may be given up although files are served that were signed with them: what they signed is still verified', async () => {
    const cluster = await serving();
    const first = await active();
    const before = await stand.fetch(cluster);
    const second = await rotate();
    const store = stand.service.get(DataSource).manager;
    const sealed = async (): Promise<string> => (await store.findOneByOrFail(SigningKey, { id: first.id })).privateKey;
    const whole = await sealed();
    await peer().request(endSigningKey, { id: first.id, reason: 'old', actor: ADA });
    // The half that is left is shorter than the private one; nothing of that is there any more.
    expect((await sealed()).length).not.toBe(whole.length);
    await stand.restart();
    const after = await stand.fetch(cluster);
    expect([before.headers.get('x-config-key'), after.headers.get('x-config-key')]).toEqual([
      first.public_key,
      second.public_key,
    ]);
  });

  it('are refused in a report unless they are fingerprints', async () => {
    const cluster = await serving();
    for (const trusted of ['k', randomBytes(32).toString('base64'), 7])
      expect((await stand.report(cluster, { keys: { trusted: trusted as string } })).status).toBe(400);
  });
});
