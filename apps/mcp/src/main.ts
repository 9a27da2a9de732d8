#!/usr/bin/env node
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { serveHttp } from './http-server';
import { createMcpServer } from './mcp-server';
import { RestApi } from './rest-api';
import { readSettings, SettingsError, USAGE } from './settings';

/** Standard output belongs to the protocol: what people are to read goes to standard error. */
async function main(): Promise<void> {
  const settings = readSettings(process.argv.slice(2), process.env);
  if (settings === null) {
    process.stderr.write(USAGE);
    return;
  }
  const { allowWrites, http, token, url } = settings;
  const api = new RestApi(url);
  if (http !== null) {
    const server = await serveHttp({ api, allowWrites, ...http });
    process.stderr.write(`serving ${url} at http://${http.allowedHosts[0]}/mcp${allowWrites ? ', with writes' : ''}\n`);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => server.close());
    return;
  }
  await createMcpServer({ api, token: token!, allowWrites }).connect(new StdioServerTransport());
}

main().catch((error: unknown) => {
  const isUsage = error instanceof SettingsError;
  process.stderr.write(`${(error as Error).message}\n${isUsage ? 'alertagent-mcp --help tells more\n' : ''}`);
  process.exitCode = isUsage ? 64 : 1;
});
