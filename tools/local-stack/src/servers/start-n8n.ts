import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, releasePort } from '../free-port';
import { pollUntil } from '../poll-until';
import { httpProbe } from '../processes/http-probe';
import { runCommand } from '../processes/run-command';
import type { RunningServer, ServerOptions } from '../processes/running-server';
import { startServer } from '../processes/start-server';
import { ensureN8n } from './n8n-installation';

/** Credentials as `import:credentials` reads them. */
export interface N8nCredentials {
  id: string;
  name: string;
  type: 'httpHeaderAuth';
  data: { name: string; value: string };
}

/** How to start a private n8n. */
export interface N8nOptions extends ServerOptions {
  credentials?: readonly N8nCredentials[];
  /** Workflows, each with an `id`; imported and published. */
  workflows?: readonly { id: string }[];
  /** Whether its public API answers; it is off otherwise. */
  publicApi?: boolean;
}

/** A running n8n. */
export interface N8nServer extends RunningServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Resolves when n8n answers a POST to this path of a published workflow: it is ready a moment before they are. */
  whenListening(path: string): Promise<void>;
  /** Makes its first account and, with that, a key of its public API. Once per data folder. */
  createApiKey(scopes: readonly string[]): Promise<string>;
}

/** Nothing it could call home for, no editor, no waiting for a licence. */
const QUIET: NodeJS.ProcessEnv = {
  DB_TYPE: 'sqlite',
  GENERIC_TIMEZONE: 'UTC',
  N8N_LISTEN_ADDRESS: '127.0.0.1',
  N8N_HOST: '127.0.0.1',
  N8N_DIAGNOSTICS_ENABLED: 'false',
  N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
  N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
  N8N_DYNAMIC_BANNERS_ENABLED: 'false',
  N8N_TEMPLATES_ENABLED: 'false',
  N8N_PERSONALIZATION_ENABLED: 'false',
  N8N_HIRING_BANNER_ENABLED: 'false',
  N8N_COMMUNITY_PACKAGES_ENABLED: 'false',
  N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
  N8N_AI_ENABLED: 'false',
  EXTERNAL_FRONTEND_HOOKS_URLS: '',
  N8N_DISABLE_UI: 'true',
  N8N_DISABLED_MODULES:
    'insights,external-secrets,community-packages,mcp,mcp-registry,chat-hub,instance-ai,agents,workflow-builder,quick-connect,otel,source-control,log-streaming,instance-version-history,ldap,sso-oidc,sso-saml,dynamic-credentials,provisioning,token-exchange,oauth-server,oauth-jwe,breaking-changes',
};

/** Starts n8n on 127.0.0.1 with these workflows published, installing it first if need be. Its settings are those of a default n8n. */
export async function startN8n(options: N8nOptions = {}): Promise<N8nServer> {
  const { node, program } = await ensureN8n();
  const brokerPort = await freePort();
  let isPrepared = false;
  const server = await startServer(
    {
      name: 'n8n',
      readyTimeoutMs: 120_000,
      async command(port, dataDir) {
        // What a test runner tells its own program makes n8n another one.
        const { NODE_ENV: _test, NODE_OPTIONS: _flags, ...inherited } = process.env;
        const env = {
          ...inherited,
          ...QUIET,
          N8N_USER_FOLDER: dataDir,
          N8N_PUBLIC_API_DISABLED: String(!options.publicApi),
          N8N_ENCRYPTION_KEY: 'only-for-tests-0123456789abcdef',
          N8N_PORT: String(port),
          N8N_WEBHOOK_URL: `http://127.0.0.1:${port}/`,
          N8N_RUNNERS_BROKER_PORT: String(brokerPort),
        };
        const run = (...args: string[]): Promise<string> =>
          runCommand(node, [program, ...args], { cwd: dataDir, env, timeoutMs: 120_000 });
        // Once: importing again would take published workflows back.
        if (!isPrepared) await prepare(dataDir, options, run);
        isPrepared = true;
        return { file: node, args: [program, 'start'], cwd: dataDir, env };
      },
      probe: async (port) => void (await httpProbe(`http://127.0.0.1:${port}/healthz/readiness`)),
    },
    options,
  );
  const url = `http://127.0.0.1:${server.port}`;
  const stop = server.stop.bind(server);
  return Object.assign(server, {
    url,
    async stop(): Promise<void> {
      await stop();
      releasePort(brokerPort);
    },
    createApiKey: (scopes: readonly string[]) => createApiKey(url, scopes),
    whenListening: (path: string) =>
      pollUntil(() => isListening(`${url}/webhook/${path}`), {
        what: `n8n to listen at ${path}`,
        timeoutMs: 60_000,
        intervalMs: 100,
      }).then(() => undefined),
  });
}

async function prepare(
  dataDir: string,
  { credentials = [], workflows = [] }: N8nOptions,
  run: (...args: string[]) => Promise<string>,
): Promise<void> {
  const folder = join(dataDir, 'import');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const save = async (name: string, value: unknown): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, JSON.stringify(value), { mode: 0o600 });
    return file;
  };
  if (credentials.length > 0) await run('import:credentials', `--input=${await save('credentials.json', credentials)}`);
  if (workflows.length > 0) await run('import:workflow', `--input=${await save('workflows.json', workflows)}`);
  for (const { id } of workflows) await run('publish:workflow', `--id=${id}`);
}

/** What the editor does in a browser: the first account, and a key with it. */
async function createApiKey(url: string, scopes: readonly string[]): Promise<string> {
  const post = async (path: string, body: object, cookie = ''): Promise<Response> => {
    const headers = { 'content-type': 'application/json', cookie };
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`n8n answered POST ${path} with ${response.status}: ${await response.text()}`);
    return response;
  };
  const person = { email: 'owner@example.org', firstName: 'First', lastName: 'Owner', password: 'Only-for-tests-1' };
  const owner = await post('/rest/owner/setup', person);
  const cookie = owner.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const made = await post('/rest/api-keys', { label: 'test', expiresAt: null, scopes }, cookie);
  return ((await made.json()) as { data: { rawApiKey: string } }).data.rawApiKey;
}

/** A preflight request has no effect, and is answered 204 for addresses that exist only. */
async function isListening(address: string): Promise<boolean> {
  const headers = { origin: 'http://127.0.0.1', 'access-control-request-method': 'POST' };
  return (await fetch(address, { method: 'OPTIONS', headers })).status === 204;
}
