import type { Endpoint } from '../api/endpoints';
import { refused, type Expectation, type HostileCase, type HostileRow, type Scene } from '../row';
import { bytesOf } from '../wire/hostile-request';

/** One endpoint of each group that reads a body, and one that does not: framing is the server's, not the route's. */
function samples({ endpoints }: Scene): Endpoint[] {
  const groups = new Set(endpoints.map(({ group }) => group));
  return [...groups].flatMap((group) => {
    const own = endpoints.filter((endpoint) => endpoint.group === group);
    return [own.find(({ body }) => body !== null), own.find(({ method }) => method === 'GET')].filter(
      (endpoint) => endpoint !== undefined,
    );
  });
}

const badRequest: Expectation = refused(400);
/** RFC 9112 6.1 and 9.6: what cannot be framed ends the connection. */
const badAndClosed: Expectation = {
  ...badRequest,
  check: ({ wasClosed, statuses }) => {
    if (!wasClosed) return 'the connection was kept';
    return statuses.slice(1).some((status) => status < 400) ? 'a smuggled request was answered' : null;
  },
};

const SMUGGLED = 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n';

/** Framings on which two servers could disagree, as headers and body. */
const FRAMINGS: readonly [what: string, headers: string, body: string][] = [
  ['chunks and a length', 'Content-Length: 4\r\nTransfer-Encoding: chunked', `0\r\n\r\n${SMUGGLED}`],
  ['a length and chunks', 'Transfer-Encoding: chunked\r\nContent-Length: 4', `0\r\n\r\n${SMUGGLED}`],
  ['two lengths', 'Content-Length: 2\r\nContent-Length: 60', `{}${SMUGGLED}`],
  ['two equal lengths', 'Content-Length: 2\r\nContent-Length: 2', `{}${SMUGGLED}`],
  ['a list of lengths', 'Content-Length: 2, 2', `{}${SMUGGLED}`],
  ['a signed length', 'Content-Length: +2', '{}'],
  ['a negative length', 'Content-Length: -1', '{}'],
  ['a hexadecimal length', 'Content-Length: 0x2', '{}'],
  ['a length of text', 'Content-Length: two', '{}'],
  ['a length of 30 digits', `Content-Length: ${'9'.repeat(30)}`, '{}'],
  ['xchunked', 'Transfer-Encoding: xchunked', `0\r\n\r\n${SMUGGLED}`],
  ['chunked twice', 'Transfer-Encoding: chunked, chunked', `0\r\n\r\n${SMUGGLED}`],
  ['identity behind chunked', 'Transfer-Encoding: chunked, identity', `0\r\n\r\n${SMUGGLED}`],
  ['two codings', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', `0\r\n\r\n${SMUGGLED}`],
  ['a blank before the colon', 'Transfer-Encoding : chunked', `0\r\n\r\n${SMUGGLED}`],
  ['a folded line', 'X-A: b\r\n c: d\r\nContent-Length: 2', '{}'],
  ['a line without colon', 'nonsense\r\nContent-Length: 2', '{}'],
  ['a name with a blank', 'X A: b\r\nContent-Length: 2', '{}'],
  ['NUL in a value', 'X-A: a\u0000b\r\nContent-Length: 2', '{}'],
  ['a bare CR in a value', 'X-A: a\rX-B: c\r\nContent-Length: 2', '{}'],
  ['a chunk size that is none', 'Transfer-Encoding: chunked', `zz\r\n{}\r\n0\r\n\r\n`],
  ['a negative chunk', 'Transfer-Encoding: chunked', `-2\r\n{}\r\n0\r\n\r\n`],
  ['a chunk without its end', 'Transfer-Encoding: chunked', `2\r\n{}XX0\r\n\r\n`],
  ['a chunk size of 30 digits', 'Transfer-Encoding: chunked', `${'f'.repeat(30)}\r\n{}\r\n0\r\n\r\n`],
];

function head(scene: Scene, endpoint: Endpoint, lines: string, version = 'HTTP/1.1'): string {
  const { target, headers } = scene.build.request(endpoint, { body: '{}' });
  const kept = headers.map(([name, value]) => `${name}: ${value}`).join('\r\n');
  return `${endpoint.method} ${target} ${version}\r\nHost: x\r\n${kept}\r\n${lines}\r\n\r\n`;
}

function* framing(scene: Scene): Generator<HostileCase> {
  for (const endpoint of samples(scene)) {
    for (const [what, headers, body] of FRAMINGS) {
      const send = Buffer.from(head(scene, endpoint, headers) + body, 'latin1');
      // A GET is answered without waiting for a body; what follows must still not be read as a request.
      const expected = endpoint.body === null ? { ...badAndClosed, status: [200, 400] } : badAndClosed;
      yield { endpoint, what, send, expected, options: { timeoutMs: 8_000 } };
    }
    const bareLines = Buffer.from(head(scene, endpoint, 'Content-Length: 2').replaceAll('\r\n', '\n') + '{}', 'latin1');
    yield { endpoint, what: 'bare line feeds', send: bareLines, expected: badAndClosed, options: { timeoutMs: 8_000 } };
    const old = Buffer.from(
      head(scene, endpoint, 'Transfer-Encoding: chunked', 'HTTP/1.0') + `0\r\n\r\n${SMUGGLED}`,
      'latin1',
    );
    const expected = { status: [400, 401, 403, 404, 405, 411, 415, 200, 401], check: badAndClosed.check };
    yield { endpoint, what: 'chunks in HTTP/1.0', send: old, expected, options: { timeoutMs: 8_000 } };
  }
}

function* headers(scene: Scene): Generator<HostileCase> {
  for (const endpoint of samples(scene)) {
    const request = (more: Record<string, string>) => scene.build.request(endpoint, { headers: more });
    yield { endpoint, what: 'a header of 17 KB', send: request({ 'x-a': 'a'.repeat(17_000) }), expected: refused(431) };
    const many = scene.build.request(endpoint);
    many.headers.push(...Array.from({ length: 2_001 }, (_, index): [string, string] => [`x-${index}`, 'a']));
    yield { endpoint, what: '2,001 headers', send: many, expected: refused(431) };
    const injected = Buffer.from(bytesOf(request({ 'x-correlation-id': 'a\r\nX-Injected: 1' })));
    yield {
      endpoint,
      what: 'a line end in a value',
      send: injected,
      expected: {
        status: [...endpoint.success, 304, 400, 404, 409, 415, 503].filter((status) => status < 500),
        check: (answer) => (answer.headers['x-injected'] === undefined ? null : 'a header came back'),
      },
    };
    if (endpoint.isPublic) continue;
    const twice = scene.build.request(endpoint);
    twice.headers.push(['Authorization', `Bearer ${scene.stand.token('viewer')}`]);
    yield { endpoint, what: 'two Authorization headers', send: twice, expected: refused(401) };
    if (endpoint.body === null || endpoint.group === 'C') continue;
    const types = scene.build.request(endpoint);
    types.headers.push(['Content-Type', 'text/plain']);
    yield { endpoint, what: 'two Content-Type headers', send: types, expected: refused([400, 415]) };
    const expecting = request({ expect: 'weird' });
    yield { endpoint, what: 'Expect: weird', send: expecting, expected: refused(417) };
  }
}

function* targets(scene: Scene): Generator<HostileCase> {
  const [endpoint] = scene.endpoints;
  if (!endpoint) return;
  const raw = (what: string, text: string, expected: Expectation): HostileCase => ({
    endpoint,
    what,
    send: Buffer.from(text, 'latin1'),
    expected,
    options: { timeoutMs: 8_000 },
  });
  const closing = 'Host: x\r\nConnection: close\r\n\r\n';
  yield raw('a line of HTTP/0.9', 'GET /health\r\n\r\n', badAndClosed);
  yield raw('a line of HTTP/0.9 of a closed path', 'GET /api/v1/rules\r\n\r\n', badAndClosed);
  yield raw('HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', { ...refused([400, 405, 505]) });
  yield raw('HTTP/3.0', `GET /health HTTP/3.0\r\n${closing}`, refused([400, 505]));
  yield raw('a bare hello', 'hello\r\n\r\n', badAndClosed);
  yield raw('a TLS hello', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003', badAndClosed);
  yield raw('no Host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n', badRequest);
  yield raw('two Hosts', `GET /health HTTP/1.1\r\nHost: a\r\n${closing}`, badRequest);
  yield raw('CONNECT', `CONNECT 169.254.169.254:80 HTTP/1.1\r\n${closing}`, refused([400, 405]));
  yield raw(
    'CONNECT to ourselves',
    `CONNECT 127.0.0.1:${scene.stand.origin.port} HTTP/1.1\r\n${closing}`,
    refused([400, 405]),
  );
  yield raw('TRACE', `TRACE /health HTTP/1.1\r\nX-Secret: s3cret\r\n${closing}`, {
    ...refused(405),
    check: ({ text }) => (text.includes('s3cret') ? 'headers came back' : null),
  });
  yield raw('TRACK', `TRACK /health HTTP/1.1\r\n${closing}`, refused([400, 405]));
  for (const [what, target] of [
    ['absolute form to the metadata service', 'http://169.254.169.254/latest/meta-data/'],
    ['absolute form to another host', 'http://evil.example/api/v1/rules'],
    ['absolute form of a closed path', 'http://x/api/v1/rules'],
    ['absolute form with another scheme', 'ftp://x/api/v1/rules'],
    ['authority form', '169.254.169.254:80'],
    ['asterisk form', '*'],
    ['a query alone', '?a=b'],
    ['a path of 20 KB', `/${'a'.repeat(20_000)}`],
  ] as const)
    yield raw(what, `GET ${target} HTTP/1.1\r\n${closing}`, refused([400, 401, 404, 405, 414, 421, 431]));
}

function* connections(scene: Scene): Generator<HostileCase> {
  for (const endpoint of samples(scene)) {
    const one = scene.build.request(endpoint, {
      token: null,
      headers: { connection: 'keep-alive' },
      body: null,
      target: '/health',
    });
    const many = Buffer.concat(Array.from({ length: 1_000 }, () => bytesOf({ ...one, method: 'GET' })));
    yield {
      endpoint,
      what: '1,000 pipelined requests',
      send: many,
      options: { answers: 1_000, timeoutMs: 15_000 },
      expected: {
        status: [200],
        check: ({ statuses }) => (statuses.length === 1_000 ? null : `${statuses.length} answers to 1,000 requests`),
      },
    };
    const cut = bytesOf(scene.build.request(endpoint, { body: '{"x":', headers: { 'content-length': '500' } }));
    const expected = { status: [...(endpoint.body === null ? [200] : []), 400, 401, 408], mayBeCut: true };
    yield {
      endpoint,
      what: 'half closed within the body',
      send: cut,
      expected,
      options: { halfClose: true, timeoutMs: 8_000 },
    };
    const gone = { ...expected, status: [200, 400, 401, 408] };
    yield { endpoint, what: 'left within the body', send: cut, expected: gone, options: { timeoutMs: 50 } };
    const half = bytesOf(scene.build.request(endpoint)).subarray(0, 20);
    yield {
      endpoint,
      what: 'half closed within the head',
      send: half,
      expected,
      options: { halfClose: true, timeoutMs: 8_000 },
    };
  }
}

export const framingRows: readonly HostileRow[] = [
  { id: 'B34', summary: 'headers too large, too many or repeated', cases: headers },
  { id: 'B35', summary: 'framings on which two servers could disagree', cases: framing },
  { id: 'B36', summary: 'targets and methods of proxies, and no HTTP at all', cases: targets },
  { id: 'B41', summary: 'pipelining, half-closed and broken connections', concurrency: 4, cases: connections },
];
