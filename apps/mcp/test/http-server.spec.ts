import type { Server } from 'node:http';
import { request } from 'node:http';
import { freePort, releasePort } from '@alertagent/local-stack';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { serveHttp } from '../src/http-server';
import { RestApi } from '../src/rest-api';
import { RestStand } from './rest-stand';

describe('the MCP server over HTTP', () => {
  let rest: RestStand;
  let server: Server;
  let port: number;
  beforeAll(async () => {
    rest = await RestStand.start();
    port = await freePort();
    const allowedHosts = [`127.0.0.1:${port}`];
    const allowedOrigins = ['https://console.example'];
    const api = new RestApi(rest.url);
    server = await serveHttp({ api, allowWrites: false, host: '127.0.0.1', port, allowedHosts, allowedOrigins });
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    releasePort(port);
    await rest.stop();
  });

  const LIST = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });
  /** Not by fetch: that would not let a test set the Host header. */
  const post = (headers: Record<string, string>, { body = LIST, path = '/mcp', method = 'POST' } = {}) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const all = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers };
      const sent = request({ host: '127.0.0.1', port, path, method, headers: all }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode!, text }));
      });
      sent.on('error', reject).end(body);
    });
  const authorization = 'Bearer aat_somebody';

  it('acts for each caller with the token that the caller brings', async () => {
    for (const token of ['aat_one', 'aat_other']) {
      const transport = new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`), {
        requestInit: { headers: { authorization: `Bearer ${token}` } },
      });
      const client = new Client({ name: 'test', version: '1' });
      await client.connect(transport);
      expect((await client.listTools()).tools.length).toBeGreaterThan(20);
      await client.callTool({ name: 'list_clusters', arguments: {} });
      await client.close();
    }
    expect(rest.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer aat_one', 'Bearer aat_other']);
  });

  it('lets nobody in without a token', async () => {
    expect((await post({})).status).toBe(401);
    expect((await post({ authorization: 'Basic YTpi' })).status).toBe(401);
    expect((await post({ authorization })).status).toBe(200);
  });

  it('answers no page that points a name of its own here, and no page of another origin', async () => {
    expect((await post({ authorization, host: 'evil.example' })).status).toBe(403);
    expect((await post({ authorization, origin: 'https://evil.example' })).status).toBe(403);
    expect((await post({ authorization, origin: 'https://console.example' })).status).toBe(200);
  });

  it('refuses what is no message: other paths and methods, no JSON, too much', async () => {
    expect((await post({ authorization }, { path: '/other' })).status).toBe(404);
    expect((await post({ authorization }, { method: 'GET', body: '' })).status).toBe(405);
    expect((await post({ authorization }, { body: '{' })).status).toBe(400);
    expect((await post({ authorization }, { body: JSON.stringify('x'.repeat(1024 * 1024)) })).status).toBe(400);
  });
});
