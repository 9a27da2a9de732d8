import {
  createRule,
  ServiceError,
  validateRules,
  type CreateRule,
  type FieldProblem,
  type RuleView,
} from '@alertagent/contracts';
import { pollUntil, sharedStack } from '@alertagent/local-stack';
import { answers, fakePeer, startService, type FakePeer, type TestService } from '@alertagent/service-kit/testing';
import { gatewayService } from '../src/service';

const ADMIN = 'aat_admin_for-this-test-0123456789';
const rule = {
  name: 'HighCPU',
  group: 'hosts',
  expression: 'cpu > 80',
  duration: '5m',
  keep_firing_for: '1m',
  severity: 'warning',
  labels: { team: 'platform' },
  annotations: { summary: 'busy' },
  targets: ['prod'],
};
const nested = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);

describe('bad rules over REST', () => {
  const stack = sharedStack();
  const reached: CreateRule[] = [];
  let gateway: TestService;
  let rules: FakePeer;

  beforeAll(async () => {
    const nats = await stack.startTestNats();
    rules = await fakePeer({
      natsUrl: nats.url,
      service: 'rules',
      answers: [
        answers(validateRules, ({ yaml, prometheus_version: version }) => ({
          valid: yaml === 'groups: []' && version === '3.5.3',
          problems: [],
        })),
        answers(createRule, (query): RuleView => {
          reached.push(query);
          if (query.rule.expression === 'sum(') {
            const errors = [
              { pointer: '/expression', code: 'promql', detail: 'unexpected end of input at position 4' },
            ];
            throw new ServiceError('invalid', 'the rule is not valid', { errors });
          }
          const now = new Date().toISOString();
          const { name, expression, targets } = query.rule;
          return {
            name,
            expression,
            targets,
            group: 'hosts',
            labels: {},
            annotations: {},
            id: 'r1',
            version: 1,
            created_at: now,
            updated_at: now,
          };
        }),
      ],
    });
    gateway = await startService(gatewayService, { natsUrl: nats.url, config: { security: { admin_token: ADMIN } } });
  });

  afterAll(async () => {
    await gateway.close();
    await rules.close();
    await stack.close();
  });

  const post = async (body: string | Uint8Array, headers: Record<string, string> = {}, path = '/api/v1/rules') => {
    const response = await fetch(gateway.httpUrl + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json', ...headers },
      body,
    });
    const text = await response.text();
    return {
      status: response.status,
      etag: response.headers.get('etag'),
      type: response.headers.get('content-type'),
      problem: JSON.parse(text) as { status: number; errors?: FieldProblem[] },
      text,
    };
  };
  const expectProblem = ({ status, type, problem, text }: Awaited<ReturnType<typeof post>>, expected: number): void => {
    expect({ status, type }).toEqual({ status: expected, type: 'application/problem+json; charset=utf-8' });
    expect(problem).toMatchObject({
      type: expect.any(String),
      title: expect.any(String),
      status: expected,
      detail: expect.any(String),
      request_id: expect.any(String),
    });
    expect(text).not.toMatch(/\bat \/|node_modules|SELECT|JSON\.parse|Unexpected token/);
  };

  afterEach(() => {
    reached.length = 0;
  });

  it('a good rule reaches the rules service', async () => {
    // The gateway serves before it has reached NATS; until then it says 503.
    await pollUntil(async () => (await post(JSON.stringify(rule))).status === 201, { what: 'the rule to be created' });
    expect(reached).toMatchObject([{ rule: { name: 'HighCPU', targets: ['prod'] }, actor: { kind: 'token' } }]);
    // What If-Match takes comes with the answer; nobody has to read the rule again.
    expect((await post(JSON.stringify(rule))).etag).toBe('"1"');
  });

  it('are judged without being saved', async () => {
    const before = reached.length;
    const judge = (body: object) => post(JSON.stringify(body), {}, '/api/v1/rules/validate');
    const judged = await judge({ yaml: 'groups: []', prometheus_version: '3.5.3' });
    expect([judged.status, judged.problem]).toEqual([200, { valid: true, problems: [] }]);
    const refused = await judge({ yaml: 'groups: []', prometheus_version: 'new' });
    expect([refused.status, refused.problem.errors?.[0]?.pointer]).toEqual([400, '/prometheus_version']);
    expect((await judge({ promql: 'up' })).problem.errors?.[0]?.pointer).toBe('/promql');
    expect(reached).toHaveLength(before);
  });

  it('clusters are asked about them for operators only', async () => {
    const made = await post(JSON.stringify({ name: 'v', role: 'viewer' }), {}, '/api/v1/tokens');
    const { token } = made.problem as unknown as { token: string };
    const judge = (body: object, headers = {}) => post(JSON.stringify(body), headers, '/api/v1/rules/validate');
    const viewer = { authorization: `Bearer ${token}` };
    expect((await judge({ yaml: 'groups: []' }, viewer)).status).toBe(200);
    for (const wish of [{ cluster_id: 'eu' }, { live: true }]) {
      expectProblem(await judge({ yaml: 'groups: []', ...wish }, viewer), 403);
      expect((await judge({ yaml: 'groups: []', ...wish })).status).toBe(200);
    }
  });

  it.each([
    '',
    '{',
    '{"name":"x"',
    '{"name":"x",}',
    "{'name':'x'}",
    '{"name":NaN}',
    '{"name":1e999}',
    '\ufeff{}',
    '{}x',
    '// c\n{}',
    '[]',
    '[{}]',
    '"x"',
    '5',
    'null',
    'true',
  ])('a body that is no JSON object is refused: %s', async (body) => {
    expectProblem(await post(body), 400);
    expect(reached).toEqual([]);
  });

  it('a body cut off at any byte is refused', async () => {
    const whole = JSON.stringify(rule);
    for (let length = 1; length < whole.length; length += 11) expectProblem(await post(whole.slice(0, length)), 400);
    expect(reached).toEqual([]);
  });

  it.each([
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    'application/json; charset=latin1',
  ])('a body of type "%s" is refused', async (type) =>
    expectProblem(await post(JSON.stringify(rule), { 'content-type': type }), 415),
  );

  it('invalid UTF-8 and unpaired surrogates are refused', async () => {
    const bytes = Buffer.from(JSON.stringify(rule));
    bytes[12] = 0xff;
    expectProblem(await post(bytes), 400);
    expectProblem(await post(JSON.stringify(rule).replace('busy', '\\ud800')), 400);
    expect(reached).toEqual([]);
  });

  const wrong: Record<string, unknown[]> = {
    name: [null, 5, true, {}, [], ''],
    group: [5, true, {}, [], ' padded '],
    expression: [null, 5, true, {}, [], ''],
    duration: [5, true, {}, []],
    keep_firing_for: [5, true, {}, []],
    severity: [5, true, {}, [], 'a\nb'],
    labels: [5, true, 'x', [], { team: 5 }, { '': 'x' }, { constructor: 'x' }, { toString: 'x' }],
    annotations: [5, true, 'x', [], { summary: null }],
    targets: [null, 5, true, {}, 'prod', [], [5], [{}], [{ labels: {} }], [{ labels: { a: 'b' }, other: 1 }]],
  };
  it.each(
    Object.entries(wrong).flatMap(([field, values]) =>
      values.map((value) => [field, JSON.stringify(value), value] as const),
    ),
  )('a wrong %s is refused with a pointer to it: %s', async (field, _shown, value) => {
    const answer = await post(JSON.stringify({ ...rule, [field]: value }));

    expectProblem(answer, 400);
    expect(answer.problem.errors?.[0]?.pointer).toMatch(new RegExp(`^/${field}(/|$)`));
    expect(reached).toEqual([]);
  });

  it.each(['name', 'expression', 'targets'])('a missing %s is refused with a pointer to it', async (field) => {
    const answer = await post(JSON.stringify({ ...rule, [field]: undefined }));

    expectProblem(answer, 400);
    expect(answer.problem.errors?.[0]?.pointer).toBe(`/${field}`);
  });

  it.each(['severty', 'id', 'version', 'created_at', 'constructor', 'toString', 'hasOwnProperty'])(
    'an unknown field %s is refused with a pointer to it',
    async (field) => {
      const answer = await post(JSON.stringify({ ...rule, [field]: 'x' }));

      expectProblem(answer, 400);
      expect(answer.problem.errors).toEqual(
        expect.arrayContaining([expect.objectContaining({ pointer: `/${field}` })]),
      );
      expect(reached).toEqual([]);
    },
  );

  it('__proto__ is refused wherever it stands and changes nothing', async () => {
    for (const body of [
      '{"__proto__":{"polluted":1}}',
      JSON.stringify(rule).replace('"team"', '"__proto__"'),
      JSON.stringify(rule).replace('{"team":"platform"}', '{"__proto__":{"polluted":1}}'),
    ]) {
      expectProblem(await post(body), 400);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(reached).toEqual([]);
  });

  it.each([17, 33, 1_000, 50_000])('a body nested %i levels deep is refused', async (depth) => {
    expectProblem(await post(nested(depth)), 400);
  });

  it('a body over 1 MB is refused, whatever length it announces', async () => {
    expectProblem(await post(JSON.stringify({ ...rule, annotations: { summary: 'x'.repeat(1_100_000) } })), 413);
    expect(reached).toEqual([]);
  });

  it("the rules service's own findings come back with their pointers", async () => {
    const answer = await post(JSON.stringify({ ...rule, expression: 'sum(' }));

    expectProblem(answer, 400);
    expect(answer.problem.errors).toEqual([
      { pointer: '/expression', code: 'promql', detail: 'unexpected end of input at position 4' },
    ]);
  });
});
