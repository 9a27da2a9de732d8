import type {
  ClusterSync,
  RevisionPage,
  RevisionView,
  RuleView,
  SigningKeyList,
  SigningKeyView,
} from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { AlertAgent } from './alertagent';
import { RuleCluster } from './rule-cluster';

describe('what a sidecar beside a real Prometheus trusts', () => {
  let agent: AlertAgent;
  let paris: RuleCluster;
  let rules: RuleView[];

  beforeAll(async () => {
    agent = await AlertAgent.start();
    paris = await RuleCluster.join(agent, 'paris', {});
    rules = [];
    for (let index = 0; index < 10; index += 1) {
      const rule = { name: `Rule${index}`, expression: 'vector(1) > 2', targets: [paris.id] };
      rules.push((await agent.call<RuleView>('POST', '/api/v1/rules', rule)).body);
    }
    await loaded(rules.map(({ name }) => name));
  });

  afterAll(async () => {
    await paris?.stop();
    await agent?.stop();
  });

  const until = <T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> =>
    pollUntil(look, { what, timeoutMs: 60_000, intervalMs: 100 }) as Promise<T>;
  /** Prometheus evaluates these of our rules; the marker of the file is not one of them. */
  const loaded = (names: string[]): Promise<unknown> =>
    until(`${names.join()} to be loaded`, async () => {
      const shown = (await paris.loadedRules()).map((rule) => rule.split(' ')[0] ?? '');
      return shown.filter((name) => name.startsWith('Rule')).join() === names.join();
    });
  const keys = async (): Promise<SigningKeyView[]> => (await agent.get<SigningKeyList>('/signing-keys')).items;
  const rotate = async (): Promise<SigningKeyView> => {
    const [active] = await keys();
    const order = { replaces: active?.id, reason: 'once a year' };
    const { status, body } = await agent.call<SigningKeyView>('POST', '/api/v1/signing-keys', order);
    expect(status).toBe(201);
    expect((await agent.call('POST', '/api/v1/signing-keys', order)).status).toBe(409);
    return body;
  };
  const member = async (): Promise<ClusterSync['members'][number] | undefined> =>
    (await agent.get<ClusterSync>(`/clusters/${paris.id}/sync`)).members[0];

  it('goes over to a new key within seconds, while everything goes on running', async () => {
    const before = paris.file;
    const made = await rotate();
    await until('the new key to be trusted', () => Promise.resolve(paris.trustedKey === made.public_key));
    expect(paris.file).toEqual(before);
    expect((await keys()).map(({ state }) => state)).toEqual(['active', 'retired']);
    const [first] = rules as [RuleView];
    const changed = { name: first.name, expression: 'vector(1) > 3', targets: [paris.id] };
    expect((await agent.call('PUT', `/api/v1/rules/${first.id}`, changed)).status).toBe(200);
    await until('the edit to be live', async () => (await paris.loadedRules()).includes('Rule0 2 ok'));
  });

  it('reaches it after it slept through two rotations and a removal of most rules that somebody confirmed', async () => {
    await until('the member to be in sync', async () => (await member())?.in_sync);
    await paris.stopSidecar();
    for (const { id } of rules.slice(2)) await agent.call('DELETE', `/api/v1/rules/${id}`);
    const refused = await until<RevisionView>('the removal to be refused', async () => {
      const [newest] = (await agent.get<RevisionPage>(`/clusters/${paris.id}/revisions?limit=1`)).items;
      return newest?.status === 'refused' && /8 of 10 rules/.test(newest.reason ?? '') ? newest : undefined;
    });
    const word = { cluster_name: 'paris', revision: refused.revision };
    expect((await agent.call('POST', `/api/v1/clusters/${paris.id}/removal`, word)).status).toBe(204);
    await rotate();
    const last = await rotate();
    paris.startSidecar();
    await loaded(['Rule0', 'Rule1']);
    await until('the member to be in sync', async () => (await member())?.in_sync);
    expect(paris.trustedKey).toBe(last.public_key);
  });
});
