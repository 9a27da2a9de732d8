import type { ServiceName } from '@alertagent/contracts';
import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditLog } from '../audit/audit-log';
import { Bus } from '../bus/bus';
import { BusStrategy } from '../bus/bus-strategy';
import { JetStreamPublisher } from '../bus/jetstream-publisher';
import { NatsLink } from '../bus/nats-link';
import { SharedCache } from '../cache/shared-cache';
import { Clock } from '../clock/clock';
import { ClusterTokens } from '../cluster-tokens/cluster-tokens';
import { ClusterTokensHandlers } from '../cluster-tokens/cluster-tokens.handlers';
import { AlertAgentConfig } from '../configuration/alertagent-config';
import { Inbox } from '../inbox/inbox';
import { ParkedMessages } from '../inbox/parked-messages';
import type { Logger } from '../logging/logger';
import { Metrics } from '../metrics/metrics';
import { Readiness } from '../ops/readiness';
import { Outbox } from '../outbox/outbox';
import { OutboxRelay } from '../outbox/outbox-relay';
import { PartLink, type ServicePart } from '../parts/part-link';
import { BusMetrics } from './bus-metrics';
import { operationsHandlers } from './operations.handlers';
import type { ServiceDefinition } from './service-definition';
import { LOGGER, SERVICE_NAME } from './tokens';

/** What exists before Nest does. */
export interface Foundations {
  config: AlertAgentConfig;
  log: Logger;
  dataSource: DataSource;
  link: NatsLink;
  cache: SharedCache;
  metrics: Metrics;
  readiness: Readiness;
  clock: Clock;
  part: ServicePart;
  parts: PartLink;
}

@Module({})
class KitModule {}

@Module({})
class RootModule {}

/** The root of a service: the kit's providers, global, around the service's own module. */
export function rootModule(definition: ServiceDefinition, foundations: Foundations): DynamicModule {
  return {
    module: RootModule,
    imports: [kitModule(definition, foundations), ...modulesOf(definition, foundations.part)],
    controllers: [operationsHandlers(definition.name)],
  };
}

function modulesOf({ module, background }: ServiceDefinition, part: ServicePart): Type[] {
  const own = part === 'background' ? [] : [module];
  return part === 'edge' || background === undefined ? own : [...own, background.module];
}

function kitModule(definition: ServiceDefinition, foundations: Foundations): DynamicModule {
  const { name } = definition;
  const providers: Provider[] = [
    { provide: AlertAgentConfig, useValue: foundations.config },
    { provide: LOGGER, useValue: foundations.log },
    { provide: SERVICE_NAME, useValue: name },
    { provide: DataSource, useValue: foundations.dataSource },
    { provide: NatsLink, useValue: foundations.link },
    { provide: SharedCache, useValue: foundations.cache },
    { provide: Metrics, useValue: foundations.metrics },
    { provide: Readiness, useValue: foundations.readiness },
    { provide: Clock, useValue: foundations.clock },
    { provide: PartLink, useValue: foundations.parts },
    { provide: Bus, useFactory: () => new Bus(foundations.link, name) },
    { provide: Outbox, useFactory: () => new Outbox(name, foundations.parts) },
    { provide: Inbox, useFactory: () => new Inbox(foundations.dataSource, name) },
    { provide: AuditLog, useFactory: () => new AuditLog(foundations.dataSource, name) },
    { provide: ParkedMessages, useFactory: () => new ParkedMessages(foundations.dataSource, name) },
    { provide: BusMetrics, useFactory: () => new BusMetrics(foundations.metrics, name) },
    { provide: JetStreamPublisher, useFactory: () => publisher(name, foundations) },
    { provide: OutboxRelay, useFactory: relay(name, foundations), inject: [Outbox, BusMetrics, JetStreamPublisher] },
    { provide: BusStrategy, useFactory: strategy(name, foundations), inject: [ParkedMessages, BusMetrics] },
  ];
  const controllers: Type[] = [];
  if (definition.clusterTokens) {
    providers.push({
      provide: ClusterTokens,
      useFactory: (bus: Bus, clock: Clock) => new ClusterTokens(foundations.dataSource, bus, clock, name),
      inject: [Bus, Clock],
    });
    controllers.push(ClusterTokensHandlers);
  }
  return { module: KitModule, global: true, providers, controllers, exports: providers.map(tokenOf) };
}

function relay(service: ServiceName, { dataSource, log, clock }: Foundations) {
  return (outbox: Outbox, metrics: BusMetrics, publisher: JetStreamPublisher): OutboxRelay =>
    new OutboxRelay({
      dataSource,
      service,
      publisher,
      outbox,
      log: log.component('outbox'),
      observer: metrics.relay,
      now: () => clock.now().getTime(),
    });
}

function publisher(service: ServiceName, { link, log }: Foundations): JetStreamPublisher {
  const busLog = log.component('bus');
  return new JetStreamPublisher(link, service, (stream, found) =>
    busLog.warn({ stream, found }, 'the stream was not as it must be, and could have lost events; it is put right'),
  );
}

function strategy(service: ServiceName, { link, log }: Foundations) {
  const busLog = log.component('bus');
  return (parked: ParkedMessages, metrics: BusMetrics): BusStrategy =>
    new BusStrategy(service, link, {
      park: async (message) => {
        await parked.park(message);
      },
      onEvent: (contract, outcome) => metrics.event(contract, outcome),
      onRequest: (contract, code, seconds) => metrics.request(contract.subject, code, seconds),
      onTrouble: (message, fields) => busLog.warn(fields, message),
    });
}

const tokenOf = (provider: Provider) => (typeof provider === 'function' ? provider : provider.provide);
