import { generateKeyPairSync } from 'node:crypto';
import { CLUSTER_ID, signedHeaders, type Tamper } from './fake-config-service';
import { ruleText } from './rule-text';
import { Scene } from './scene';
import { until } from './until';

const GOOD = ruleText([{ name: 'Alpha' }, { name: 'Beta' }]);
const NEWER = ruleText([
  { name: 'Alpha', version: 2 },
  { name: 'Beta', version: 2 },
]);
const otherKeys = generateKeyPairSync('ed25519');

const send = (
  change: (normal: { headers: Record<string, string>; body: Buffer }) => {
    headers: Record<string, string>;
    body: Buffer;
  },
): Tamper => {
  return (response, normal) => {
    const { headers, body } = change(normal);
    response.writeHead(200, { ...headers, 'content-length': String(body.length) }).end(body);
    return true;
  };
};
const withBody = (body: Buffer, rules: number, empty = false): Tamper =>
  send(() => ({ headers: signedHeaders({ revision: 2, body, rules, empty }, 'prometheus-rules', otherKeys), body }));

const HOSTILE: Record<string, { tamper: Tamper; reason: RegExp }> = {
  'an empty body': { tamper: send(({ headers }) => ({ headers, body: Buffer.alloc(0) })), reason: /empty/ },
  'a truncated body with a matching length': {
    tamper: send(({ headers, body }) => ({ headers, body: body.subarray(0, body.length / 2) })),
    reason: /hash/,
  },
  'a body that breaks off': {
    tamper: (response, { headers, body }) => {
      response.writeHead(200, { ...headers, 'content-length': String(body.length) });
      response.write(body.subarray(0, 20), () => response.destroy());
      return true;
    },
    reason: /broke|failed/,
  },
  'an HTML page with 200': {
    tamper: send(() => ({ headers: { 'content-type': 'text/html' }, body: Buffer.from('<html>Please log in</html>') })),
    reason: /text\/html/,
  },
  'a wrong hash': {
    tamper: send(({ headers, body }) => ({ headers: { ...headers, 'x-config-hash': '0'.repeat(64) }, body })),
    reason: /hash/,
  },
  'a signature of other bytes': {
    tamper: send(({ headers, body }) => ({
      headers: { ...headers, 'x-config-signature': Buffer.alloc(64).toString('base64') },
      body,
    })),
    reason: /signature/,
  },
  'a body signed by another key': { tamper: withBody(Buffer.from(NEWER), 2), reason: /another key/ },
  'a rule count changed on the way': {
    tamper: send(({ headers, body }) => ({ headers: { ...headers, 'x-config-rules': '1' }, body })),
    reason: /signature/,
  },
  'a redirect': {
    tamper: (response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
      return true;
    },
    reason: /redirect/,
  },
};

describe('downloads that must not be used, with a real Prometheus', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = new Scene();
    scene.centre.holds = false;
    await scene.centre.start();
    await scene.startTarget();
    scene.startSidecar();
    scene.centre.publish(1, GOOD);
    await scene.reported('live', 1);
  });

  afterAll(() => scene.close());

  it.each(Object.entries(HOSTILE))(
    'refuses %s, reports why, and leaves file and rules alone',
    async (_name, { tamper, reason }) => {
      const reloadedAt = await scene.lastReload();
      const seen = scene.centre.reports.length;
      scene.centre.publish(2, NEWER);
      scene.centre.tamper = tamper;

      const failed = await scene.reported('failed', undefined, seen);
      scene.centre.tamper = null;
      scene.centre.publish(1, GOOD);

      expect(failed.reason).toMatch(reason);
      expect(scene.file).toBe(GOOD);
      expect(await scene.loadedRules()).toEqual(['Alpha@1', 'Beta@1']);
      expect(await scene.lastReload()).toBe(reloadedAt);
      await scene.reported('live', 1, scene.centre.reports.indexOf(failed) + 1);
    },
  );
});

describe('correctly signed revisions that must not be used', () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = new Scene();
    scene.centre.holds = false;
    await scene.centre.start();
  });

  afterEach(() => scene.close());

  const startWith = async (): Promise<void> => {
    await scene.startTarget();
    scene.startSidecar();
    scene.centre.publish(5, GOOD);
    await scene.reported('live', 5);
  };

  it.each([
    [
      'fewer rules than announced',
      GOOD.split('      - alert: Beta')[0] ?? '',
      { rules: 2 },
      /1 rules, not the announced 2/,
    ],
    ['no rules without a confirmation', 'groups: []\n', { rules: 0 }, /nobody confirmed/],
    ['text that is not YAML', 'groups: [\n', { rules: 0, empty: true }, /not YAML/],
    ['a second document', `${GOOD}---\n${GOOD}`, { rules: 2 }, /not YAML/],
  ])('refuses %s', async (_name, text, options, reason) => {
    await startWith();

    scene.centre.publish(6, text, options);

    expect((await scene.reported('failed')).reason).toMatch(reason);
    expect(scene.file).toBe(GOOD);
    expect(await scene.loadedRules()).toEqual(['Alpha@1', 'Beta@1']);
  });

  it('refuses a revision older than one it has seen, also after a restart', async () => {
    await scene.startTarget();
    const first = scene.startSidecar();
    scene.centre.publish(5, GOOD);
    await scene.reported('live', 5);
    await first.stop();
    scene.centre.publish(4, NEWER);
    scene.startSidecar();

    expect((await scene.reported('failed')).reason).toMatch(/revision 4 is older than revision 5/);
    expect(scene.file).toBe(GOOD);
  });

  it('trusts the configured key only, from the first download on', async () => {
    await scene.startTarget();
    const key = otherKeys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    scene.startSidecar({ ALERTAGENT_CONFIG_PUBLIC_KEY: key });
    scene.centre.publish(1, GOOD);

    expect((await scene.reported('failed')).reason).toMatch(/another key/);
    expect(await scene.loadedRules()).toEqual([]);
  });

  it('refuses what is signed for another cluster', async () => {
    await scene.startTarget();
    scene.startSidecar({ CLUSTER_ID: CLUSTER_ID.replace(/1$/, '2') });
    scene.centre.publish(1, GOOD);

    expect((await scene.reported('failed')).reason).toMatch(/another cluster/);
  });

  it('says what to do about a bad token and keeps the file', async () => {
    await startWith();
    const other = scene.startSidecar({ ALERTAGENT_TOKEN: 'wrong', CONFIG_PATH: `${scene.directory}/rules/other.yml` });

    await until('the advice in the log', () => (/issue a new sync token/.test(other.log) ? true : undefined));
    expect(other.log).not.toContain('wrong');
    expect(scene.file).toBe(GOOD);
  });
});
