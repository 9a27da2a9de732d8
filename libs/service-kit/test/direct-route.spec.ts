import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServiceError } from '@alertagent/contracts';
import { takeDirectly, type DirectAnswer } from '../src';
import { send } from './raw-http';
import { expectProblem } from './things-stand';

let server: Server;
let url: string;
let failure: unknown;
let bare: DirectAnswer | null = null;
const internal: unknown[] = [];

let waitFor: Promise<void> = Promise.resolve();

async function listen(): Promise<void> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  server = createServer((request, response) => response.end(`the framework got ${request.method} ${request.url}`));
  const route = {
    answer: async (): Promise<DirectAnswer> => {
      if (bare !== null) return bare;
      await waitFor;
      if (failure !== undefined) throw failure;
      return { status: 202, body: '{"taken":true}' };
    },
    headersOf: (_error: unknown, status: number): Record<string, string> =>
      status === 503 ? { 'retry-after': '7' } : {},
    onInternal: (error: unknown) => internal.push(error),
  };
  takeDirectly(server, ({ method, url: path }) => (method === 'POST' && path === '/storm' ? route : undefined));
  await listen();
});
beforeEach(() => {
  failure = undefined;
});
afterAll(() => new Promise((closed) => server.close(closed)));

describe('a path that is taken directly', () => {
  it('is answered with the headers that every answer has', async () => {
    const answer = await send(`${url}/storm`, { method: 'POST', headers: { 'x-correlation-id': 'ticket-1' } });
    expect([answer.status, answer.json]).toEqual([202, { taken: true }]);
    expect(answer.headers).toMatchObject({
      'x-correlation-id': 'ticket-1',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
    });
  });

  it.each([
    ['GET', '/storm'],
    ['POST', '/storm/'],
    ['POST', '/storm?x=1'],
    ['POST', '/%73torm'],
    ['POST', '//storm'],
    ['POST', '/STORM'],
  ])('is left to the framework when it comes as %s %s', async (method, path) => {
    expect((await send(url + path, { method })).text).toBe(`the framework got ${method} ${path}`);
  });

  it('may be answered without a body, or with one that is no JSON', async () => {
    bare = { status: 304, body: null, headers: { etag: '"1"' } };
    const unchanged = await send(`${url}/storm`, { method: 'POST' });
    expect([unchanged.status, unchanged.text, unchanged.headers['etag']]).toEqual([304, '', '"1"']);
    expect(unchanged.headers['content-type']).toBeUndefined();
    bare = { status: 200, body: Buffer.from('groups: []'), headers: { 'content-type': 'application/yaml' } };
    const file = await send(`${url}/storm`, { method: 'POST' });
    expect([file.status, file.text, file.headers['content-length']]).toEqual([200, 'groups: []', '10']);
    expect(file.headers['content-type']).toBe('application/yaml');
    bare = null;
  });

  it('answers an error with its problem, and with what the route adds to it', async () => {
    failure = new ServiceError('unavailable', 'too much waits already');
    const answer = await send(`${url}/storm`, { method: 'POST' });
    expectProblem(answer, 503);
    expect(answer.headers['retry-after']).toBe('7');
  });

  it('says nothing about an error of our own, and tells the log', async () => {
    failure = new TypeError('secret of the inside');
    const answer = await send(`${url}/storm`, { method: 'POST' });
    expectProblem(answer, 500);
    expect(answer.text).not.toContain('secret');
    expect(internal).toEqual([failure]);
  });

  it('ends the connections of a server that is closing, however long they were kept', async () => {
    let release = (): void => undefined;
    waitFor = new Promise((resolve) => (release = resolve));
    const answering = send(`${url}/storm`, { method: 'POST', headers: { connection: 'keep-alive' } });
    await new Promise((asked) => server.once('request', asked));
    const closed = new Promise((done) => server.close(done));
    release();
    expect((await answering).headers['connection']).toBe('close');
    await closed;
    await listen();
  });

  it('refuses what another server could read in two ways', async () => {
    const answer = await send(`${url}/storm`, { method: 'POST', headers: { 'content-type': ['a/b', 'c/d'] } });
    expectProblem(answer, 400);
    expect(answer.headers['connection']).toBe('close');
  });
});
