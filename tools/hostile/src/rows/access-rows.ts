import { WEBHOOK, type Endpoint } from '../api/endpoints';
import { tokenKindOf } from '../request-builder';
import { refused, type Expectation, type HostileCase, type HostileRow, type Scene } from '../row';
import type { TokenKind } from '../stand/hostile-stand';

/** A source address of its own for each endpoint: token guesses are counted by address. */
const addressOf = (scene: Scene, endpoint: Endpoint): string =>
  `127.1.${1 + (scene.api.endpoints.indexOf(endpoint) % 200)}.1`;

const closed = ({ endpoints }: Scene): Endpoint[] => endpoints.filter(({ isPublic }) => !isPublic);

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function* badCredentials(scene: Scene): Generator<HostileCase> {
  const admin = scene.stand.token('admin');
  const claims = base64({ sub: 'admin', role: 'admin', exp: 4_102_444_800 });
  for (const endpoint of closed(scene)) {
    const good = scene.stand.token(tokenKindOf(endpoint));
    for (const [what, authorization] of [
      ['nothing', null],
      ['an empty value', ''],
      ['Bearer alone', 'Bearer'],
      ['Bearer and a blank', 'Bearer '],
      ['a token of 10 KB', `Bearer ${'a'.repeat(10_000)}`],
      ['a token cut short', `Bearer ${good.slice(0, -1)}`],
      ['a token with a letter more', `Bearer ${good}a`],
      ['a token in upper case', `Bearer ${good.toUpperCase()}`],
      ['a token nobody issued', `Bearer aat_admin_${'z'.repeat(43)}`],
      ['a JWT with alg none', `Bearer ${base64({ alg: 'none' })}.${claims}.`],
      ['a JWT with another alg', `Bearer ${base64({ alg: 'HS256' })}.${claims}.c2ln`],
      ['Basic', `Basic ${Buffer.from(`admin:${admin}`).toString('base64')}`],
      ['Digest', `Digest username="${admin}"`],
      ['the token without scheme', good],
      ['two tokens', `Bearer ${good}, Bearer ${admin}`],
      ['a token with a blank', `Bearer ${good.slice(0, 9)} ${good.slice(9)}`],
      ['a revoked token', `Bearer ${scene.stand.token('revoked')}`],
      ['the name of a property', 'Bearer constructor'],
    ] as const)
      yield {
        endpoint,
        what,
        send: scene.build.request(endpoint, {
          token: null,
          from: addressOf(scene, endpoint),
          ...(authorization === null ? {} : { headers: { authorization } }),
        }),
        expected: refused(401),
      };
    const query = `token=${good}&access_token=${good}&authorization=Bearer%20${good}`;
    const send = scene.build.request(endpoint, { token: null, query, headers: { cookie: `token=${good}` } });
    yield { endpoint, what: 'a token in query and cookie', send, expected: refused(401) };
  }
}

/** Whether an endpoint for sidecars is about one cluster, so that other clusters' sidecars have no business there. */
const ofOneCluster = ({ path, query }: Endpoint): boolean =>
  path.includes('{') || query.some(({ name }) => name === 'cluster_id');

/** Tokens that work somewhere, each where it must not. */
function* foreignTokens(scene: Scene): Generator<HostileCase> {
  const clusterKinds: TokenKind[] = ['webhook', 'sync', 'otherWebhook', 'otherSync'];
  for (const endpoint of closed(scene)) {
    const { group } = endpoint;
    const wrong: [TokenKind, number[]][] = [];
    if (group === 'W')
      for (const kind of ['admin', 'viewer', 'escalate', 'sync', 'otherSync'] as const) wrong.push([kind, [401, 403]]);
    else if (group === 'C')
      for (const kind of [
        'admin',
        'viewer',
        'webhook',
        'otherWebhook',
        ...(ofOneCluster(endpoint) ? ['otherSync' as const] : []),
      ] as const)
        wrong.push([kind, [401, 403, 404]]);
    else for (const kind of clusterKinds) wrong.push([kind, [403]]);
    for (const kind of ['retiredWebhook', 'retiredSync', 'revoked'] as const) wrong.push([kind, [401, 403]]);
    for (const [kind, statuses] of wrong)
      yield {
        endpoint,
        what: `a ${kind} token`,
        send: scene.build.request(endpoint, { token: scene.stand.token(kind), from: addressOf(scene, endpoint) }),
        expected: refused(statuses),
      };
    if (['W', 'C'].includes(group) || !endpoint.isForOperators) continue;
    const viewer = scene.build.request(endpoint, { token: scene.stand.token('viewer') });
    yield { endpoint, what: 'a viewer', send: viewer, expected: refused(403) };
    for (const kind of ['escalate', 'execute', 'status'] as const) {
      if (group === 'A' || group === 'X') continue;
      const send = scene.build.request(endpoint, { token: scene.stand.token(kind) });
      yield { endpoint, what: `a callback token to ${kind}`, send, expected: refused(403) };
    }
  }
}

function* forgedHeaders(scene: Scene): Generator<HostileCase> {
  const forged: Record<string, string>[] = [
    { 'x-forwarded-for': '127.0.0.1' },
    { forwarded: 'for=127.0.0.1;host=admin' },
    { 'x-user-id': '00000000-0000-7000-8000-000000000001', 'x-role': 'admin' },
    { 'x-original-url': '/health', 'x-rewrite-url': '/health' },
    { 'x-http-method-override': 'GET', 'x-method-override': 'GET' },
    { host: 'evil.example' },
    { host: '127.0.0.1:22' },
    { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
    { 'x-real-ip': '127.0.0.1', 'x-client-ip': '127.0.0.1', 'true-client-ip': '127.0.0.1' },
  ];
  for (const endpoint of closed(scene))
    for (const headers of forged) {
      const what = Object.keys(headers).join(', ');
      const expected: Expectation = {
        ...refused(401),
        check: ({ head }) => (/evil\.example|^location:/im.test(head) ? 'a forged host came back' : null),
      };
      yield { endpoint, what, send: scene.build.request(endpoint, { token: null, headers }), expected };
      if (['W', 'C'].includes(endpoint.group) || !endpoint.isForOperators) continue;
      const viewer = scene.build.request(endpoint, { token: scene.stand.token('viewer'), headers });
      yield { endpoint, what: `${what} by a viewer`, send: viewer, expected: refused(403) };
    }
}

/** Callbacks about what is not theirs. */
function* callbacks(scene: Scene): Generator<HostileCase> {
  const status = scene.endpoints.find(({ path, method }) => method === 'POST' && path.endsWith('/analyze/{id}/status'));
  if (!status) return;
  const absent = '01900000-0000-7000-8000-00000000dead';
  for (const kind of ['escalate', 'execute', 'viewer', 'webhook', 'sync'] as const)
    yield {
      endpoint: status,
      what: `a ${kind} token`,
      send: scene.build.request(status, { token: scene.stand.token(kind) }),
      expected: refused(403),
    };
  for (const [what, params, body] of [
    ['an unknown analysis', { id: absent }, { status: 'processing' }],
    ["an incident's id", { id: scene.stand.ids['incident'] ?? absent }, { status: 'failed', error: 'x' }],
    ['a completed one without result', { id: absent }, { status: 'completed' }],
    ['a rule id', { id: scene.stand.ids['rule'] ?? absent }, { status: 'processing' }],
  ] as const)
    yield {
      endpoint: status,
      what,
      send: scene.build.request(status, {
        token: scene.stand.token('status'),
        params,
        body: JSON.stringify(body),
      }),
      expected: refused([400, 404, 409]),
    };
}

/** Somebody tries token after token: people's API slows that address down, the webhook never does. */
function* guesses(scene: Scene): Generator<HostileCase> {
  const people = scene.endpoints.find(({ name }) => name === 'GET /api/v1/rules');
  const from = '127.2.1.1';
  const guess = (index: number): string => `aat_admin_${String(index).padStart(43, 'g')}`;
  if (people) {
    for (let index = 0; index < 200; index++)
      yield {
        endpoint: people,
        what: index < 10 ? 'a guess' : 'one guess of many',
        send: scene.build.request(people, { token: guess(index), from }),
        expected: refused(index < 10 ? 401 : index < 100 ? [401, 429] : 429),
      };
    const known = scene.build.request(people, { token: scene.stand.token('admin'), from });
    yield { endpoint: people, what: 'a token in use, from the same address', send: known, expected: { status: [200] } };
    const elsewhere = scene.build.request(people, { token: guess(1), from: '127.2.1.2' });
    yield { endpoint: people, what: 'a guess from elsewhere', send: elsewhere, expected: refused(401) };
  }
  const webhook = scene.endpoints.find(({ path }) => path === WEBHOOK);
  if (!webhook) return;
  for (let index = 0; index < 200; index++)
    yield {
      endpoint: webhook,
      what: 'a guess at the webhook',
      send: scene.build.request(webhook, { token: `aat_webhook_${String(index).padStart(43, 'g')}`, from }),
      expected: refused(401),
    };
  const delivery = scene.build.request(webhook, { from });
  yield { endpoint: webhook, what: 'a delivery from that address', send: delivery, expected: { status: [202] } };
}

export const accessRows: readonly HostileRow[] = [
  {
    id: 'B33',
    summary: "tokens of others: other clusters', retired, of another purpose or a lower role",
    cases: foreignTokens,
  },
  { id: 'B42', summary: 'headers that claim to be somebody', cases: forgedHeaders },
  { id: 'B43', summary: 'credentials that are none', cases: badCredentials },
  { id: 'B49', summary: 'callbacks about the wrong analysis or with the wrong token', cases: callbacks },
  { id: 'B58', summary: 'guessing tokens', inOrder: true, cases: guesses },
];
