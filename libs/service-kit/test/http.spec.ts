import type { Server } from 'node:http';
import { pollUntil } from '@alertagent/local-stack';
import { SERVICE_ERROR_CODES } from '@alertagent/contracts';
import { statusOf, type HttpApplication } from '../src';
import { send, sendBytes } from './raw-http';
import { bearer, expectProblem, ThingsStand } from './things-stand';

const stand = new ThingsStand();
beforeAll(() => stand.start());
afterAll(() => stand.close());

describe('an error answer', () => {
  it.each(SERVICE_ERROR_CODES)('stands for %s', async (code) => {
    const answer = await stand.get(`/things/refuses/${code}`, 'viewer');
    expectProblem(answer, statusOf(code));
    expect(answer.json['type']).toBe(`urn:alertagent:problem:${code}`);
    expect(answer.json['errors']).toEqual([{ pointer: '/a', code: 'b', detail: 'c' }]);
  });

  it('says nothing about an unexpected error, which is in the log under the same id', async () => {
    const answer = await stand.get('/things/fails', 'viewer', { 'x-correlation-id': 'ticket-8' });
    expectProblem(answer, 500);
    expect(answer.json['request_id']).toBe('ticket-8');
    const line = await pollUntil(() => stand.service.logLines().find((each) => each['correlation_id'] === 'ticket-8'), {
      what: 'the log line',
    });
    expect(JSON.stringify(line)).toContain('ER_PARSE_ERROR');
  });

  it('carries the id of the request also when the body could not be read', async () => {
    const answer = await stand.post('{', { 'x-correlation-id': 'ticket-9' });
    expectProblem(answer, 400);
    expect(answer.json['request_id']).toBe('ticket-9');
  });

  it('never echoes more than 100 characters of the request', async () => {
    const long = 'y'.repeat(101);
    const answers = await Promise.all([
      stand.get(`/${long}${long}`, 'viewer'),
      stand.get(`/things/${'y'.repeat(201)}/%zz`, 'viewer'),
      stand.get(`/things?${long}=1`, 'viewer'),
      stand.get(`/things?cursor=${'y'.repeat(5_000)}`, 'viewer'),
      stand.post(JSON.stringify({ name: 'a', [long]: 1 })),
      stand.post(`{"name": "${long}`),
      send(`${stand.url}/things/${'y'.repeat(500)}`, { method: 'DELETE', headers: bearer('viewer') }),
    ]);
    for (const answer of answers) {
      expectProblem(answer, answer.status);
      expect(answer.status).toBeLessThan(500);
      expect(answer.text).not.toContain(long);
    }
  });

  it('is a problem for unknown paths and paths that cannot be decoded', async () => {
    expectProblem(await stand.get('/nothing/here', 'viewer'), 404);
    expectProblem(await stand.get('/things/%zz', 'viewer'), 400);
    expectProblem(await stand.get('/', 'viewer'), 404);
  });

  it.each([
    ['POST', '/things/viewer', 'DELETE, GET, HEAD, PUT'],
    ['DELETE', '/things', 'GET, HEAD, POST'],
    ['PATCH', '/things/42?x=y', 'DELETE, PUT'],
    ['OPTIONS', '/things/open', 'DELETE, GET, HEAD, PUT'],
    ['TRACE', '/vault', 'GET, HEAD'],
  ])('to %s %s is 405 and names the methods there are', async (method, path, allow) => {
    const answer = await send(stand.url + path, { method, headers: bearer('viewer') });
    expectProblem(answer, 405);
    expect(answer.headers['allow']).toBe(allow);
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['headers over 16 KB', `GET /things/open HTTP/1.1\r\nhost: x\r\nx-a: ${'a'.repeat(17_000)}\r\n\r\n`, 431],
    ['two lengths', 'POST /things HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab', 400],
    [
      'length and chunks',
      'POST /things HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['a line of HTTP/0.9', 'GET /things/open\r\n\r\n', 400],
    ['no host', 'GET /things/open HTTP/1.1\r\n\r\n', 400],
    ['two hosts', 'GET /things/open HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n', 400],
    ['two content types', 'GET /things/open HTTP/1.1\r\nhost: a\r\ncontent-type: a\r\nContent-Type: b\r\n\r\n', 400],
    ['201 headers', `GET /things/open HTTP/1.1\r\nhost: a\r\n${'a: b\r\n'.repeat(200)}\r\n`, 431],
    ['2,500 headers', `GET /things/open HTTP/1.1\r\nhost: a\r\n${'a: b\r\n'.repeat(2_499)}\r\n`, 431],
    ['CONNECT', 'CONNECT 169.254.169.254:80 HTTP/1.1\r\nhost: a\r\n\r\n', 405],
    ['an unknown expectation', 'POST /things HTTP/1.1\r\nhost: a\r\nexpect: weird\r\n\r\n', 417],
  ])('to %s is a problem too, and ends the connection', async (_what, bytes, status) => {
    const [head = '', body = ''] = (await sendBytes(stand.url, bytes)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status, request_id: expect.any(String) });
  });
});

describe('the HTTP server', () => {
  it('cuts off whoever sends headers or bodies too slowly, and idle connections', () => {
    const server: Server = (stand.service.app as HttpApplication).getHttpServer() as Server;
    expect(server).toMatchObject({ headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 65_000 });
  });

  it('takes as many headers as honest clients send, and HTTP/1.0 without a host', async () => {
    const many = `GET /things/open HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${'a: b\r\n'.repeat(198)}\r\n`;
    expect(await sendBytes(stand.url, many)).toMatch(/^HTTP\/1.1 200 /);
    expect(await sendBytes(stand.url, 'GET /things/open HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 200 /);
  });

  it('takes no more connections than it can look after', () => {
    const server: Server = (stand.service.app as HttpApplication).getHttpServer() as Server;
    expect(server.maxConnections).toBe(10_000);
  });

  it('sends no header that names its software, and forbids caching and guessing', async () => {
    const { headers } = await stand.get('/things/open');
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['x-powered-by', 'server']));
  });

  it('continues the trace of the caller, and takes no id that could forge a log line', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const known = await stand.get('/things/context', 'viewer', { traceparent, 'x-correlation-id': 'ticket-2' });
    expect(known.json).toEqual({ correlation_id: 'ticket-2', traceparent: expect.stringContaining('a'.repeat(32)) });
    const forged = await stand.get('/things/context', 'viewer', { 'x-correlation-id': 'a {"level":60}' });
    expect(forged.headers['x-correlation-id']).toMatch(/^[0-9a-f]{32}$/);
  });

  it('ignores what a client says about itself and its host', async () => {
    const headers = {
      'x-forwarded-for': '10.0.0.1',
      'x-user-id': 'u3',
      'x-role': 'admin',
      forwarded: 'for=10.0.0.1',
      host: 'evil.example',
    };
    expectProblem(await stand.get('/things/admin', 'viewer', headers), 403);
  });
});
