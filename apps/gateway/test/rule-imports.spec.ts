import {
  addRuleImportPart,
  exportRules,
  openRuleImport,
  startRuleImport,
  type OpenRuleImport,
  type RuleImportView,
} from '@alertagent/contracts';
import { pollUntil, sharedStack } from '@alertagent/local-stack';
import { answers, fakePeer, startService, type FakePeer, type TestService } from '@alertagent/service-kit/testing';
import { gatewayService } from '../src/service';

const ADMIN = 'aat_admin_for-this-test-0123456789';
const FILE = 'groups: [{name: g, rules: [{alert: A, expr: up}]}]\n';

describe('imports and exports of rules over REST', () => {
  const stack = sharedStack();
  let gateway: TestService;
  let rules: FakePeer;
  let opened: OpenRuleImport[] = [];
  let parts: string[] = [];

  const view = (state: RuleImportView['state']): RuleImportView => ({
    id: '018f0000-0000-7000-8000-000000000001',
    state,
    options: {},
    total: null,
    done: 0,
    counts: { created: 0, updated: 0, unchanged: 0, skipped: 0, refused: 0 },
    error: null,
    author: 'ada',
    created_at: '2030-01-01T00:00:00.000Z',
    ended_at: null,
  });

  beforeAll(async () => {
    const nats = await stack.startTestNats();
    rules = await fakePeer({
      natsUrl: nats.url,
      service: 'rules',
      answers: [
        answers(openRuleImport, (query) => {
          opened.push(query);
          return view('receiving');
        }),
        answers(addRuleImportPart, ({ index, data }) => {
          parts[index] = data;
          return { done: true };
        }),
        answers(startRuleImport, () => view('waiting')),
        answers(exportRules, ({ cursor }) => ({
          text: cursor ? 'two\n' : 'one\n',
          next_cursor: cursor ? null : 'next',
        })),
      ],
    });
    gateway = await startService(gatewayService, { natsUrl: nats.url, config: { security: { admin_token: ADMIN } } });
    await pollUntil(async () => (await exported()).ok, { what: 'the gateway reaches the rules service' });
  });
  afterAll(async () => {
    await gateway.close();
    await rules.close();
    await stack.close();
  });
  beforeEach(() => {
    opened = [];
    parts = [];
  });

  const exported = () =>
    fetch(`${gateway.httpUrl}/api/v1/rules/export`, { headers: { authorization: `Bearer ${ADMIN}` } });
  const send = async (path: string, type: string, body: string | Uint8Array<ArrayBuffer>) => {
    const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': type };
    const response = await fetch(`${gateway.httpUrl}/api/v1${path}`, { method: 'POST', headers, body });
    return {
      status: response.status,
      location: response.headers.get('location'),
      body: (await response.json()) as object,
    };
  };
  const received = () => Buffer.concat(parts.map((part) => Buffer.from(part, 'base64')));

  it('take JSON, a file as it is, and an archive, and say where to follow them', async () => {
    const json = await send(
      '/rules/import?dry_run=true',
      'application/json',
      JSON.stringify({ yaml: FILE, owner: 'infra' }),
    );
    expect(json).toMatchObject({ status: 202, location: `/api/v1/rules/imports/${view('waiting').id}` });
    expect(opened).toMatchObject([{ format: 'files', options: { dry_run: true, owner: 'infra' } }]);
    expect(JSON.parse(received().toString())).toEqual([{ path: null, text: FILE }]);

    const yaml = await send('/rules/import?namespace=n&targets=a,b&on_conflict=skip', 'application/yaml', FILE);
    expect(yaml.status).toBe(202);
    expect(opened[1]).toMatchObject({
      format: 'files',
      options: { namespace: 'n', targets: ['a', 'b'], on_conflict: 'skip' },
    });
    expect(JSON.parse(received().toString())).toEqual([{ path: null, text: FILE }]);

    const bytes = new Uint8Array(1_200_000).map((_, index) => index % 251);
    expect((await send('/rules/import', 'application/gzip', bytes)).status).toBe(202);
    expect(opened[2]).toMatchObject({ format: 'tar' });
    expect(parts).toHaveLength(3);
    expect(received().equals(bytes)).toBe(true);
  });

  it('are refused when it is not clear what to take in', async () => {
    const files = [{ path: 'a.yml', content: FILE }];
    for (const body of [{}, { yaml: FILE, files }, { files: [...files, ...files] }, { yaml: FILE, dryrun: true }]) {
      expect((await send('/rules/import', 'application/json', JSON.stringify(body))).status).toBe(400);
    }
    expect(opened).toEqual([]);
  });

  it('may be large, and one that is too large is told what to do instead', async () => {
    expect(
      (await send('/rules/import', 'application/json', JSON.stringify({ yaml: FILE + '#'.repeat(3_000_000) }))).status,
    ).toBe(202);
    const tooLarge = await send('/rules/import', 'application/yaml', '#'.repeat(9_000_000));
    expect(tooLarge).toMatchObject({ status: 413, body: { detail: expect.stringMatching(/fewer files/) } });
  });

  it('are files and archives on their own route only', async () => {
    expect((await send('/rules', 'application/yaml', FILE)).status).toBe(415);
    expect((await send('/tokens', 'application/gzip', FILE)).status).toBe(415);
    expect((await send('/rules/import', 'application/octet-stream', FILE)).status).toBe(415);
  });

  it('come out as YAML, put together from their pieces', async () => {
    const response = await exported();
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'application/yaml; charset=utf-8',
      'one\ntwo\n',
    ]);
  });
});
