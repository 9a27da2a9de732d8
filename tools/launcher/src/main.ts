import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBinaries, MissingBinariesError, pollUntil } from '@alertagent/local-stack';
import { ConfigurationError, loadConfiguration, type AlertAgentConfig } from '@alertagent/service-kit';
import { ApiClient } from './api-client';
import { readArguments, USAGE, UsageError, type LaunchOptions } from './arguments';
import { DataDirInUseError, lockDataDir } from './data-dir-lock';
import { LocalCluster, localOrigins, localPorts } from './local-cluster';
import { startMessageServer } from './message-server';
import { isFree } from './ports';
import { Services } from './services';
import { tellStory } from './story';
import { say, showLine } from './terminal';
import { watchForChanges } from './watch';

/** Things to undo, last first. */
const undo: (() => Promise<void> | void)[] = [];
let stopping = false;

async function launch(options: LaunchOptions, config: AlertAgentConfig): Promise<void> {
  const began = Date.now();
  undo.push(lockDataDir(config.data_dir));
  await refuseTakenPorts(options, config);
  const found = await ensureBinaries(
    [
      ...(config.nats.url ? [] : (['nats-server'] as const)),
      ...(options.demo ? (['prometheus', 'promtool', 'alertmanager', 'amtool'] as const) : []),
    ],
    { log: say },
  );
  // The config service judges what it renders with the real tools where it can find them.
  const tools = { ALERTAGENT_PROMTOOL_BIN: found.promtool, ALERTAGENT_AMTOOL_BIN: found.amtool };
  const messages = await startMessageServer(config, (line) => {
    if (/\[(ERR|FTL)\]/.test(line)) showLine('nats-server', line);
  });
  undo.push(() => messages.stop());
  const ports = options.demo ? await localPorts() : null;
  const allowed = [...config.security.outbound_allow, ...(ports ? localOrigins(ports) : [])];
  const services = await Services.start(
    options.services,
    config,
    { messages, tools, outboundAllow: allowed, watched: options.watch },
    hopeless,
  );
  undo.push(() => services.stop());
  if (options.watch) undo.push(watchForChanges(services.processes));
  await services.whenReady();
  const url = config.server.publicUrl();
  const api = options.services.includes('gateway') ? new ApiClient(url, adminToken(config)) : null;
  // Ready alone is not enough when all of them run: they must have found each other over NATS.
  if (api && options.services.length > 1) {
    await pollUntil(async () => Boolean(await api.get('/clusters?limit=1')), {
      what: 'the services to find each other',
      timeoutMs: 30_000,
    });
  }
  say(`\nAlertAgent is ready after ${((Date.now() - began) / 1000).toFixed(1)} s.`);
  if (!api) return;

  const cluster = ports
    ? await LocalCluster.start({
        dataDir: config.data_dir,
        ports,
        api,
        endpoint: url,
        scrape: services.metricsAddresses,
        onHopeless: hopeless,
      })
    : null;
  if (cluster) {
    undo.push(() => cluster.stop());
    await tellStory(api);
  }
  say(summary(url, config, cluster));
}

const adminToken = (config: AlertAgentConfig): string =>
  config.security.admin_token ?? readFileSync(join(config.data_dir, 'admin-token'), 'utf8').trim();

function summary(url: string, config: AlertAgentConfig, cluster: LocalCluster | null): string {
  const shown = config.security.admin_token ? '$ALERTAGENT_ADMIN_TOKEN' : adminToken(config);
  return `
  API          ${url}/api/v1
  API docs     ${url}/docs
${cluster ? `  Prometheus   ${cluster.prometheusUrl}\n  Alertmanager ${cluster.alertmanagerUrl}\n` : ''}  Data         ${config.data_dir}
  Token        ${shown}

Try next:
  export TOKEN=${shown}
  curl -H "Authorization: Bearer $TOKEN" ${url}/api/v1/incidents
  curl -H "Authorization: Bearer $TOKEN" ${url}/api/v1/ledger
  curl -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' ${url}/api/v1/rules \\
    -d '{"name": "MyFirstRule", "expression": "up == 1", "severity": "info", "targets": [{"labels": {"environment": "local"}}]}'

Ctrl-C stops everything; the next start goes on where this one ended.
`;
}

async function refuseTakenPorts({ services }: LaunchOptions, { server }: AlertAgentConfig): Promise<void> {
  const wanted = [
    ...(services.includes('gateway') ? [{ port: server.port, variable: 'ALERTAGENT_HTTP_PORT' }] : []),
    ...(services.includes('config') ? [{ port: server.config_port, variable: 'ALERTAGENT_CONFIG_PORT' }] : []),
  ];
  for (const { port, variable } of wanted) {
    if (!(await isFree(port, server.host)))
      throw new UsageError(`port ${port} is taken; set ${variable} to another one`);
  }
}

function hopeless(name: string): void {
  say(`${name} cannot run with this configuration (see its message above).`);
  void stop(78);
}

/** Stops everything that was started, in reverse, and exits. */
async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  for (const step of undo.reverse()) {
    try {
      await step();
    } catch (error) {
      say(`while stopping: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  process.exit(code);
}

async function main(): Promise<void> {
  process.on('SIGINT', () => {
    say('\nStopping…');
    void stop(0);
  });
  process.on('SIGTERM', () => void stop(0));
  try {
    const options = readArguments(process.argv.slice(2));
    if (options) await launch(options, loadConfiguration({ env: process.env }));
    else say(USAGE);
  } catch (error) {
    if (stopping) return;
    say(explain(error));
    await stop(error instanceof ConfigurationError ? 78 : 1);
  }
}

function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n\n${USAGE}`;
  const expected =
    error instanceof ConfigurationError || error instanceof DataDirInUseError || error instanceof MissingBinariesError;
  if (expected) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

void main();
