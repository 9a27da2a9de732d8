import { pollUntil, sharedStack } from '@alertagent/local-stack';
import {
  clusterTokenIssued,
  clusterTokenRevoked,
  findClusterToken,
  ServiceError,
  type ClusterTokenGrant,
  type ClusterTokenRevoked,
} from '@alertagent/contracts';
import { DataSource } from 'typeorm';
import { Clock, ClusterTokens, newToken, tokenHash } from '../src';
import { NatsLink } from '../src/bus/nats-link';
import { answers, fakePeer, startService, type FakePeer, type TestService } from '../src/testing';
import { scriptedConfigService } from './scripted-config-service';

/** The part that asks who issues tokens. */
interface Owner {
  askOwner(hash: string): Promise<null>;
}

const TIMERS_BUT_TIMEOUTS = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
] as const;

class SetClock extends Clock {
  private ms = Date.parse('2030-01-01T00:00:00Z');

  now(): Date {
    return new Date(this.ms);
  }

  advance(ms: number): void {
    this.ms += ms;
  }
}

const stack = sharedStack();
afterAll(() => stack.close());

describe.each(stack.testDatabaseUrls())('the machine tokens a service knows, on $name', (database) => {
  let service: TestService;
  let tokens: ClusterTokens;
  let clusters: FakePeer;
  let clock: SetClock;
  let natsUrl: string;
  /** What the owner answers to `find-token`, and how often it was asked. */
  let owner: (hash: string) => ClusterTokenGrant;
  let asked: string[];

  beforeAll(async () => {
    natsUrl = (await stack.startTestNats()).url;
  });
  beforeEach(async () => {
    owner = () => {
      throw new ServiceError('not_found', 'no such token');
    };
    asked = [];
    clock = new SetClock();
    clusters = await ownerOnline();
    const databaseUrl = database.name === 'sqlite' ? undefined : await database.url('tokens');
    service = await startService(scriptedConfigService({}), { natsUrl, databaseUrl, clock });
    tokens = service.get(ClusterTokens);
    await service.get(NatsLink).whenOpen();
  });
  afterEach(async () => {
    await service.close();
    await clusters.close();
  });

  function ownerOnline(): Promise<FakePeer> {
    const answer = async ({ token_hash }: { token_hash: string }): Promise<ClusterTokenGrant> => {
      asked.push(token_hash);
      return owner(token_hash);
    };
    return fakePeer({ natsUrl, service: 'clusters', answers: [answers(findClusterToken, answer)] });
  }
  const grantOf = (token: string, more: Partial<ClusterTokenGrant> = {}): ClusterTokenGrant => ({
    token_id: 't1',
    cluster_id: 'c1',
    cluster_name: 'one',
    purpose: 'sync',
    token_hash: tokenHash(token),
    expires_at: null,
    ...more,
  });
  const revocationOf = (token: string): ClusterTokenRevoked => ({
    token_id: 't1',
    cluster_id: 'c1',
    token_hash: tokenHash(token),
    revoked_at: '2030-01-01T00:00:00.000Z',
  });
  /** From now on the database refuses every look at the tokens. */
  const loseTable = async (): Promise<void> =>
    void (await service.get(DataSource).query('DROP TABLE config_known_cluster_tokens'));
  const fresh = (): string => newToken('sync');

  it('are learnt from the events of their owner, and forgotten the same way', async () => {
    const token = fresh();
    await clusters.publish(clusterTokenIssued, grantOf(token));
    await pollUntil(async () => (clock.advance(1_000), await tokens.find(token)), { what: 'the token to be known' });
    await clusters.publish(clusterTokenRevoked, revocationOf(token));
    await pollUntil(async () => (clock.advance(1_000), (await tokens.find(token)) === null), {
      what: 'the token to be dead',
    });
  });

  it('say which cluster and which purpose', async () => {
    const token = newToken('webhook');
    const grant = grantOf(token, { purpose: 'webhook', expires_at: '2030-06-01T00:00:00.000Z' });
    await tokens.learn(grant);
    expect(await tokens.find(token)).toEqual(grant);
    expect(asked).toEqual([]);
  });

  it('may be announced and revoked twice', async () => {
    const token = fresh();
    for (let times = 0; times < 2; times += 1) await tokens.learn(grantOf(token));
    expect(await tokens.find(token)).not.toBeNull();
    for (let times = 0; times < 2; times += 1) await tokens.forget(revocationOf(token));
    expect(await tokens.find(token)).toBeNull();
  });

  it('stay dead when the revocation comes before the announcement', async () => {
    const token = fresh();
    await tokens.forget(revocationOf(token));
    await tokens.learn(grantOf(token));
    owner = () => grantOf(token);
    expect(await tokens.find(token)).toBeNull();
    expect(asked).toEqual([]);
  });

  it('are asked for at their owner once when the announcement has not come yet', async () => {
    const token = fresh();
    owner = () => grantOf(token);
    for (let times = 0; times < 3; times += 1) {
      expect(await tokens.find(token)).toEqual(grantOf(token));
      clock.advance(5_000);
    }
    expect(asked).toEqual([tokenHash(token)]);
  });

  it('are nothing when the owner does not know them, and are asked for again only after half a second', async () => {
    const token = fresh();
    expect(await tokens.find(token)).toBeNull();
    clock.advance(499);
    expect(await tokens.find(token)).toBeNull();
    expect(asked).toHaveLength(1);
    owner = () => grantOf(token);
    clock.advance(1);
    expect(await tokens.find(token)).not.toBeNull();
    expect(asked).toHaveLength(2);
  });

  it('cannot be told from wrong ones while the owner is away: unavailable, not refused', async () => {
    await clusters.close();
    await expect(tokens.find(fresh())).rejects.toMatchObject({ code: 'unavailable' });
    clusters = await ownerOnline();
  });

  it('work without their owner once they are known', async () => {
    const token = fresh();
    await tokens.learn(grantOf(token));
    await clusters.close();
    expect(await tokens.find(token)).not.toBeNull();
    clusters = await ownerOnline();
  });

  it.each(['', 'viewer', 'aat_user_abc', 'aat_syncx_abc', ' aat_sync_x', 'x'.repeat(10_000)])(
    'are never asked for when the text is no machine token: %p',
    async (text) => {
      expect(await tokens.find(text)).toBeNull();
      expect(asked).toEqual([]);
    },
  );

  it('end at the moment they expire, although they are remembered', async () => {
    const token = fresh();
    await tokens.learn(grantOf(token, { expires_at: '2030-01-01T00:00:00.500Z' }));
    expect(await tokens.find(token)).not.toBeNull();
    clock.advance(499);
    expect(await tokens.find(token)).not.toBeNull();
    clock.advance(1);
    expect(await tokens.find(token)).toBeNull();
  });

  it('are refused within a second of a revocation that another replica took in', async () => {
    const token = fresh();
    await tokens.learn(grantOf(token));
    expect(await tokens.find(token)).not.toBeNull();
    const revokedAt = clock.now().getTime();
    await service.get(DataSource).query(`UPDATE config_known_cluster_tokens SET revoked_at = ${revokedAt}`);
    clock.advance(1_000);
    expect(await tokens.find(token)).toBeNull();
  });

  it('that were good stay good while the database fails, dead ones dead, and others cannot be told', async () => {
    const [good, gone, other] = [fresh(), fresh(), fresh()];
    for (const token of [good, gone, other]) await tokens.learn(grantOf(token));
    await tokens.forget(revocationOf(gone));
    expect(await tokens.find(good)).not.toBeNull();
    expect(await tokens.find(gone)).toBeNull();
    await loseTable();
    clock.advance(60_000);
    expect(await tokens.find(good)).toEqual(grantOf(good));
    expect(await tokens.find(gone)).toBeNull();
    await expect(tokens.find(other)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('that were good stay good while the database hangs', async () => {
    const [good, other] = [fresh(), fresh()];
    for (const token of [good, other]) await tokens.learn(grantOf(token));
    expect(await tokens.find(good)).not.toBeNull();
    const table = (tokens as unknown as { table: { findBy(): Promise<unknown> } }).table;
    const hanging = jest.spyOn(table, 'findBy').mockReturnValue(new Promise(() => undefined));
    clock.advance(60_000);
    expect(await tokens.find(good)).toEqual(grantOf(good));
    await expect(tokens.find(other)).rejects.toMatchObject({ code: 'unavailable' });
    hanging.mockRestore();
  });

  it('that are asked for at the same moment are read together', async () => {
    const all = Array.from({ length: 1_200 }, fresh);
    for (const token of all.slice(0, 3)) await tokens.learn(grantOf(token));
    const table = (tokens as unknown as { table: { findBy(): Promise<unknown> } }).table;
    const [read, owned] = [jest.spyOn(table, 'findBy'), jest.spyOn(tokens as unknown as Owner, 'askOwner')];
    owned.mockResolvedValue(null);
    // A look has a deadline, and a slow machine must not make it this test's.
    jest.useFakeTimers({ doNotFake: [...TIMERS_BUT_TIMEOUTS] });
    const found = await Promise.all(all.map((token) => tokens.find(token))).finally(() => jest.useRealTimers());
    expect(found.map((grant, index) => grant?.token_hash === tokenHash(all[index] ?? ''))).toEqual(
      all.map((_, index) => index < 3),
    );
    expect(read).toHaveBeenCalledTimes(3);
    for (const spy of [read, owned]) spy.mockRestore();
  });

  it('are told from memory only while they were looked up a moment ago', async () => {
    const token = fresh();
    await tokens.learn(grantOf(token));
    expect(tokens.findRemembered(token)).toBeUndefined();
    await tokens.find(token);
    expect(tokens.findRemembered(token)).toEqual(grantOf(token));
    clock.advance(500);
    expect(tokens.findRemembered(token)).toBeUndefined();
    expect(tokens.findRemembered('aat_admin_x')).toBeNull();
  });

  it('in use are not pushed out of memory by a spray of made-up ones', async () => {
    const good = fresh();
    await tokens.learn(grantOf(good));
    const find = jest.spyOn(tokens as unknown as Owner, 'askOwner').mockResolvedValue(null);
    for (let round = 0; round < 11; round += 1) {
      clock.advance(1_000);
      expect(await tokens.find(good)).not.toBeNull();
      for (let wave = 0; wave < 10; wave += 1)
        await Promise.all(Array.from({ length: 100 }, (_, each) => tokens.find(`aat_sync_${round}_${wave}_${each}`)));
    }
    find.mockRestore();
    await loseTable();
    clock.advance(60_000);
    expect(await tokens.find(good)).not.toBeNull();
  });

  it('are kept as hashes only', async () => {
    const token = fresh();
    await tokens.learn(grantOf(token));
    const rows: unknown = await service.get(DataSource).query('SELECT * FROM config_known_cluster_tokens');
    expect(JSON.stringify(rows)).toContain(tokenHash(token));
    expect(JSON.stringify(rows)).not.toContain(token.slice(9));
  });
});
