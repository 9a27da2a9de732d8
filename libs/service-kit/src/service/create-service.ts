import { join } from 'node:path';
import type { INestApplicationContext, INestMicroservice } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import type { AsyncMicroserviceOptions } from '@nestjs/microservices';
import type { DataSource } from 'typeorm';
import { AccessGuard } from '../access/access.guard';
import { BusStrategy } from '../bus/bus-strategy';
import { NatsLink } from '../bus/nats-link';
import { createCache } from '../cache/create-cache';
import { MemoryCache } from '../cache/memory-cache';
import type { Clock } from '../clock/clock';
import { DatabaseTime } from '../clock/database-time';
import { SteadyClock } from '../clock/steady-clock';
import { knownClusterTokensEntity, knownClusterTokensMigration } from '../cluster-tokens/cluster-tokens-table';
import type { AlertAgentConfig } from '../configuration/alertagent-config';
import { checkDatabaseSettings } from '../database/check-database-settings';
import { openDatabase } from '../database/open-database';
import { SettingsWatch } from '../database/settings-watch';
import { onTransactionRetry } from '../database/transaction-retries';
import { pingDatabase } from '../database/ping-database';
import type { ServiceDatabase } from '../database/service-database';
import { newFastifyAdapter, prepareHttp, type HttpApplication } from '../http/fastify-app';
import type { Logger } from '../logging/logger';
import { NestLogAdapter } from '../logging/nest-log-adapter';
import { Metrics } from '../metrics/metrics';
import { OpsServer } from '../ops/ops-server';
import { Readiness } from '../ops/readiness';
import type { BackgroundThread } from '../parts/background-thread';
import { LocalPartLink, type PartLink, type ServicePart } from '../parts/part-link';
import { rootModule, type Foundations } from './kit.module';
import type { ServiceDefinition } from './service-definition';
import { startRelaying } from './start-relaying';

export interface ServiceSetup {
  config: AlertAgentConfig;
  log: Logger;
  clock?: Clock;
  /** Off in tests that start several services in one process. */
  processMetrics?: boolean;
  /** The whole service unless told. */
  part?: ServicePart;
  /** For an edge: the thread of its background. */
  thread?: BackgroundThread;
  /** For a background: the link to its edge. */
  link?: PartLink;
}

/** A service that is up. */
export interface RunningService {
  app: INestApplicationContext;
  readiness: Readiness;
  metrics: Metrics;
  /** 0 for a background: the edge shows its figures. */
  opsPort: number;
  /** `http://host:port` for services with a public interface. */
  httpUrl: string | null;
  /** Stops taking work, finishes what is in hand, closes everything. */
  close(): Promise<void>;
}

/** What the service keeps in its database, kit tables included. */
export function databaseOf(definition: ServiceDefinition): ServiceDatabase {
  const { name, clusterTokens } = definition;
  return {
    service: name,
    entities: [...definition.entities, ...(clusterTokens ? [knownClusterTokensEntity(name)] : [])],
    migrations: [...(clusterTokens ? [knownClusterTokensMigration(name)] : []), ...definition.migrations],
    kit: { outbox: true, inbox: true, audit: true, parked: true },
  };
}

/** The database of a service: the configured server, or its own SQLite file in the data directory. */
export const databaseUrlOf = (definition: ServiceDefinition, config: AlertAgentConfig): string =>
  config.database.connectionUrl() ?? `sqlite:${join(config.data_dir, `${definition.name}.sqlite`)}`;

/** How long a closing service lets its last answers be read, in milliseconds; the process has 10 s in all. */
const LAST_ANSWERS_MS = 5_000;

/** Starts a service in this process: operations port, database, bus, handlers, HTTP, outbox relay, in this order. */
export async function createService(definition: ServiceDefinition, setup: ServiceSetup): Promise<RunningService> {
  const opened: (() => Promise<void>)[] = [];
  try {
    return await openService(definition, setup, (close) => opened.push(close));
  } catch (error) {
    // What a service that does not start leaves open keeps its port and its process.
    for (const close of opened.reverse()) await close().catch(() => undefined);
    throw error;
  }
}

async function openService(
  definition: ServiceDefinition,
  setup: ServiceSetup,
  onFailure: (close: () => Promise<void>) => void,
): Promise<RunningService> {
  const { config, log, part = 'whole', thread } = setup;
  const isBackground = part === 'background';
  const processMetrics = isBackground ? false : setup.processMetrics;
  const metrics = new Metrics({ namespace: config.metrics.namespace, processMetrics });
  const readiness = new Readiness();
  const ops = new OpsServer({
    host: config.server.ops_host,
    port: config.server.opsPortOf(definition.name),
    readiness,
    ...(config.metrics.enabled ? { metrics, metricsPath: config.metrics.endpoint } : {}),
    ...(thread ? { otherMetrics: () => thread.metrics() } : {}),
  });
  const opsPort = isBackground ? 0 : await ops.start();
  onFailure(() => ops.stop());
  const dataSource = await openDatabase({
    ...databaseOf(definition),
    url: databaseUrlOf(definition, config),
    runMigrations: config.server.mode === 'embedded',
    log: log.component('database'),
  });
  onFailure(() => closeDatabase(dataSource));
  readiness.register({ name: 'database', check: () => pingDatabase(dataSource) });
  const steady = new SteadyClock();
  const time = new DatabaseTime(steady, dataSource, log.component('clock'));
  await time.start();
  onFailure(async () => time.stop());
  const settings = new SettingsWatch(() => checkDatabaseSettings(dataSource));
  readiness.register({ name: 'database_settings', check: () => settings.check() });
  const retries = metrics.counter({
    name: 'database_transaction_retries_total',
    help: 'Transactions repeated because the database gave them up: deadlocks, lock waits, lost connections.',
  });
  onTransactionRetry(dataSource, () => retries.inc({}));
  const link = openLink(definition, setup);
  onFailure(() => link.close());
  // Without NATS a service with a public interface still stores and serves; the others can do nothing.
  if (!definition.http) readiness.register({ name: 'bus', check: async () => void link.current() });
  metrics.gauge({ name: 'bus_connected', help: '1 while NATS answers.', collect: () => (link.isUp ? 1 : 0) });
  // Only the edge keeps what other instances are to know.
  const cache = isBackground ? new MemoryCache() : createCache(config.database.redis, log.component('cache'));
  onFailure(() => cache.close());
  const foundations: Foundations = {
    config,
    log,
    dataSource,
    link,
    cache,
    metrics,
    readiness,
    clock: setup.clock ?? steady,
    part,
    parts: thread?.link ?? setup.link ?? new LocalPartLink(),
  };

  const { app, httpUrl } =
    definition.http && !isBackground
      ? await startHttpService(definition, definition.http, foundations)
      : { app: await startBusService(definition, foundations), httpUrl: null };
  const stopRelaying = part === 'edge' ? null : startRelaying(app, foundations);
  readiness.started();
  if (!isBackground) log.info({ ops_port: opsPort, ...(httpUrl ? { url: httpUrl } : {}) }, 'service ready');

  const close = async (): Promise<void> => {
    readiness.stopping();
    const patience = setTimeout(() => cutConnections(app), LAST_ANSWERS_MS);
    await app.close();
    clearTimeout(patience);
    // After the last caller's change was committed: it is still announced.
    await thread?.stop();
    await stopRelaying?.();
    time.stop();
    await cache.close();
    await link.close();
    await closeDatabase(dataSource);
    await ops.stop();
  };
  return { app, readiness, metrics, opsPort, httpUrl, close };
}

/** Ends connections whose answer is not read to its end; what was asked is answered by then. */
function cutConnections(app: INestApplicationContext): void {
  if ('getHttpServer' in app) (app as HttpApplication).getHttpServer().closeAllConnections();
}

function openLink({ name }: ServiceDefinition, { config, log }: ServiceSetup): NatsLink {
  const busLog = log.component('bus');
  return new NatsLink({
    url: config.nats.connectionUrl(),
    username: config.nats.username,
    password: config.nats.password,
    service: name,
    onStatus: (status, detail) => busLog.info({ status, detail }, 'message bus status'),
  });
}

async function startBusService(definition: ServiceDefinition, foundations: Foundations): Promise<INestMicroservice> {
  const app = await NestFactory.createMicroservice<AsyncMicroserviceOptions>(rootModule(definition, foundations), {
    logger: new NestLogAdapter(foundations.log),
    abortOnError: false,
    useFactory: (strategy: BusStrategy) => ({ strategy }),
    inject: [BusStrategy],
  });
  await app.listen();
  return app;
}

async function startHttpService(
  definition: ServiceDefinition,
  http: NonNullable<ServiceDefinition['http']>,
  foundations: Foundations,
): Promise<{ app: HttpApplication; httpUrl: string }> {
  const { config, log } = foundations;
  const root = rootModule(definition, foundations);
  const guarded = { ...root, providers: [{ provide: APP_GUARD, useClass: AccessGuard }] };
  const app = await NestFactory.create<HttpApplication>(guarded, newFastifyAdapter(), {
    logger: new NestLogAdapter(log),
    abortOnError: false,
    bodyParser: false,
  });
  const httpLog = log.component('http');
  prepareHttp(app, (error) => httpLog.error({ error }, 'request failed'));
  await http.prepare?.(app);
  if (foundations.part !== 'edge') {
    // Without the application's guard and filters: those are about HTTP.
    app.connectMicroservice({ strategy: app.get(BusStrategy) }, { inheritAppConfig: false });
    await app.startAllMicroservices();
  }
  await app.listen({ port: http.port(config), host: config.server.host });
  return { app, httpUrl: (await app.getUrl()).replace('[::1]', '127.0.0.1') };
}

async function closeDatabase(dataSource: DataSource): Promise<void> {
  if (dataSource.isInitialized) await dataSource.destroy();
}
