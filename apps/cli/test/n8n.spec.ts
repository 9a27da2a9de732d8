import { Writable } from 'node:stream';
import { freePort } from '@alertagent/local-stack';
import { run } from '../src/program';
import { FakeN8n } from './fake-n8n';
import { StubServer } from './stub-server';

const KEY = 'the-key-of-n8n';
const PATHS = [
  'alert-analysis',
  'automation-action',
  'critical-alert-handling',
  'notification',
  'platform-alert-analysis',
];

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

describe('agentctl and n8n', () => {
  let server: StubServer;
  let n8n: FakeN8n;

  beforeAll(async () => {
    server = await StubServer.start();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    server.reset();
    n8n = new FakeN8n(KEY);
    server.answer = n8n.answer;
  });

  const agentctl = async (argv: string[], env: NodeJS.ProcessEnv = {}) => {
    const [out, err] = [new Sink(), new Sink()];
    const code = await run(argv, { out, err }, { N8N_ENDPOINT: server.url, N8N_API_KEY: KEY, ...env });
    expect(out.text + err.text).not.toContain(KEY);
    return { code, out: out.text, err: err.text };
  };
  const outcomes = async (...argv: string[]): Promise<string[]> =>
    (await agentctl(['n8n', 'install', ...argv])).out.trim().split('\n');
  const changes = () => server.seen.filter(({ method }) => method === 'POST' || method === 'PUT');
  const settingOf = (name: string): unknown => {
    const node = n8n.named(name).nodes.find((one) => one.name === 'Settings')!;
    return (node.parameters['assignments'] as { assignments: { value: unknown }[] }).assignments[0]!.value;
  };

  it('install what is missing, active, and the same again changes nothing', async () => {
    expect((await agentctl(['n8n', 'status'])).code).toBe(1);
    expect(await outcomes()).toEqual(PATHS.map((path) => `created ${path}`));
    const done = changes().length;
    expect(await outcomes()).toEqual(PATHS.map((path) => `unchanged ${path}`));
    expect(changes()).toHaveLength(done);
    const { code, out } = await agentctl(['n8n', 'status']);
    expect(code).toBe(0);
    expect(out).toContain('alert-analysis: active, listens\n');
  });

  it('find what is there on later pages', async () => {
    await outcomes();
    n8n.pageSize = 1;
    expect(await outcomes()).toEqual(PATHS.map((path) => `unchanged ${path}`));
  });

  it('keep what somebody filled in, and set what they are told', async () => {
    await outcomes('--set', 'dify_url=http://own:1');
    const credentials = { httpHeaderAuth: { id: 'own', name: 'own' } };
    const analysis = n8n.named('alert analysis');
    Object.assign(
      analysis.nodes.find(({ name }) => name === 'Webhook')!,
      { credentials },
    );
    analysis.connections = {};
    const { code, out } = await agentctl(['n8n', 'status']);
    expect(code).toBe(1);
    expect(out).toContain('alert-analysis: active, listens; differs from what is shipped: connections\n');

    expect((await outcomes())[0]).toBe('updated alert-analysis');
    expect(settingOf('alert analysis')).toBe('http://own:1');
    expect(n8n.named('alert analysis').nodes.find(({ name }) => name === 'Webhook')).toMatchObject({ credentials });
    expect(n8n.named('alert analysis').activeVersionId).toBe(n8n.named('alert analysis').versionId);
    expect((await outcomes('--set', 'dify_url=http://new:1'))[0]).toBe('updated alert-analysis');
    expect(settingOf('alert analysis')).toBe('http://new:1');
  });

  it('tell what does not run, and let it run', async () => {
    await outcomes();
    n8n.named('notification').active = false;
    expect((await agentctl(['n8n', 'status', '--only', 'notification'])).out).toContain(
      'notification: inactive, does not listen',
    );
    expect(await outcomes('--only', 'notification')).toEqual(['activated notification']);
    // A version that was saved and not published does not run.
    n8n.named('notification').versionId = 'later';
    expect(await outcomes('--only', 'notification')).toEqual(['activated notification']);
  });

  it('change nothing when that was asked for', async () => {
    expect(await outcomes('--dry-run')).toEqual(PATHS.map((path) => `created ${path}`));
    expect(changes()).toEqual([]);
  });

  it('go on after one that n8n refuses, and say so', async () => {
    n8n.taken.add('automation-action');
    const { code, out } = await agentctl(['n8n', 'install']);
    expect(code).toBe(5);
    expect(out).toMatch(/failed automation-action: .*409.*another workflow has the same webhook path/);
    expect(out).toContain('created platform-alert-analysis');
  });

  it('tell without a key what listens, and how it is done by hand', async () => {
    await outcomes();
    const status = await agentctl(['n8n', 'status'], { N8N_API_KEY: '' });
    expect(status).toMatchObject({ code: 0, err: expect.stringContaining('without N8N_API_KEY') });
    expect(status.out).toContain('alert-analysis: listens\n');
    const install = await agentctl(['n8n', 'install', '--only', 'notification'], { N8N_API_KEY: '' });
    expect(install.code).toBe(1);
    expect(install.out).toBe(
      'n8n import:workflow --separate --input=deploy/n8n/workflows\nn8n publish:workflow --id=notification0001\n',
    );
  });

  it('say what is wrong with the key, the address and the command line', async () => {
    expect(await agentctl(['n8n', 'status'], { N8N_API_KEY: 'another' })).toMatchObject({ code: 4 });
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    expect(await agentctl(['n8n', 'status', '--n8n-url', nowhere])).toMatchObject({ code: 3 });
    expect(await agentctl(['n8n', 'status', '--n8n-url', 'http://u:p@n8n'])).toMatchObject({ code: 2 });
    expect(await agentctl(['n8n', 'install', '--set', 'other=1'])).toMatchObject({ code: 2 });
    expect(await agentctl(['n8n', 'install', '--only', 'other'])).toMatchObject({ code: 2 });
    expect(await agentctl(['n8n', 'install', '--workflows', '/nowhere'])).toMatchObject({ code: 2 });
  });

  it('do not take their key elsewhere', async () => {
    server.answer = () => ({ status: 302, headers: { location: `${server.url}/elsewhere` } });
    expect((await agentctl(['n8n', 'install'])).code).toBe(5);
    expect(server.seen.map(({ path }) => path)).not.toContain('/elsewhere');
  });
});

describe('agentctl and dead letters', () => {
  let server: StubServer;
  beforeAll(async () => {
    server = await StubServer.start();
  });
  afterAll(() => server.stop());
  beforeEach(() => server.reset());

  const agentctl = async (...argv: string[]) => {
    const [out, err] = [new Sink(), new Sink()];
    const code = await run(argv, { out, err }, { ALERTAGENT_URL: server.url, ALERTAGENT_TOKEN: 'aat_t' });
    return { code, out: out.text, err: err.text };
  };

  it('list all pages of them', async () => {
    const letter = { id: 'l1', workflow: 'w', kind: 'no_callback', reason: 'r', replayable: false, created_at: 't' };
    server.answer = ({ path }) =>
      path.includes('cursor=c')
        ? { body: { items: [{ ...letter, id: 'l2', replayable: true }], next_cursor: null } }
        : { body: { items: [letter], next_cursor: 'c' } };
    const { code, out } = await agentctl('dead-letters', 'list', '--workflow', 'w');
    expect({ code, out }).toEqual({ code: 0, out: 'l1 t w no_callback (over): r\nl2 t w no_callback: r\n' });
    expect(server.seen[0]!.path).toBe('/ai/dead-letters?limit=500&workflow=w');
  });

  it('replay one, or all of a workflow part by part', async () => {
    server.answer = () => ({ status: 202, body: { analysis_id: 'a', replays: 1 } });
    expect(await agentctl('dead-letters', 'replay', 'l1')).toMatchObject({ code: 0, out: 'analysis a begins anew\n' });
    expect(server.seen[0]).toMatchObject({ method: 'POST', path: '/ai/dead-letters/l1/replay' });

    server.answer = ({ body }) => ({
      body: { replayed: 2, refused: 1, next_cursor: body.includes('"cursor"') ? null : 'c' },
    });
    const { out } = await agentctl('dead-letters', 'replay', '--workflow', 'w');
    expect(out).toBe('4 begin anew, 2 stay: they have a result or are being worked on\n');
    expect((await agentctl('dead-letters', 'replay')).code).toBe(2);
  });
});
