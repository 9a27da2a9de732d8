import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createMcpServer } from './mcp-server';
import type { RestApi } from './rest-api';

export interface HttpSettings {
  api: RestApi;
  allowWrites: boolean;
  /** Where it listens; the caller puts TLS in front for anything but the own machine. */
  host: string;
  port: number;
  /** `Host` headers that are answered, with port: a page that points its own name at this address is not. */
  allowedHosts: readonly string[];
  /** Origins of pages that may call; none unless told. */
  allowedOrigins: readonly string[];
}

const PATH = '/mcp';
const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Serves the streamable HTTP transport at `/mcp`, without sessions: each request brings the token of its caller, which goes on to the REST
 * API and nowhere else. Resolves once it listens.
 */
export async function serveHttp(settings: HttpSettings): Promise<Server> {
  const server = createServer((request, response) => {
    answer(settings, request, response).catch(() => {
      if (!response.headersSent) refuse(response, 500, 'something went wrong here');
      else response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(settings.port, settings.host, resolve);
  });
  return server;
}

async function answer(settings: HttpSettings, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { host = '', origin } = request.headers;
  if (!settings.allowedHosts.includes(host)) return refuse(response, 403, 'this host is not served');
  if (origin !== undefined && !settings.allowedOrigins.includes(origin))
    return refuse(response, 403, 'this origin may not call');
  if (request.url !== PATH) return refuse(response, 404, `there is only ${PATH}`);
  if (request.method !== 'POST') {
    response.setHeader('allow', 'POST');
    return refuse(response, 405, 'there are no sessions to follow or end: POST only');
  }
  const token = /^Bearer ([\x21-\x7e]{1,4096})$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) {
    response.setHeader('www-authenticate', 'Bearer');
    return refuse(response, 401, 'a token of the API is required');
  }
  const body = await readJson(request);
  if (body === undefined) return refuse(response, 400, 'the body is no JSON of at most 1 MiB');
  const server = createMcpServer({ api: settings.api, token, allowWrites: settings.allowWrites });
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
  response.on('close', () => void server.close());
  await server.connect(transport);
  await transport.handleRequest(request, response, body);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', error: { code: -32_000, message }, id: null }));
}
