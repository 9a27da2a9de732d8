import type { ServiceName } from '@alertagent/contracts';
import type { Type } from '@nestjs/common';
import type { AlertAgentConfig } from '../configuration/alertagent-config';
import type { EntityTarget, MigrationClass } from '../database/service-database';
import type { HttpApplication } from '../http/fastify-app';

/** What a service does that no caller waits for: consumers, the outbox relay, repeated work. */
export interface BackgroundPart {
  module: Type;
  /** The compiled file that runs it: it calls `runBackground` with the definition. */
  entry: string;
  /**
   * Memory of its thread in MiB. Young is what lives no longer than one piece of work: with room for all of it little is copied. Old is
   * never needed whole; without a limit V8 lets garbage lie there until the process is twice as large.
   */
  memoryMiB: { young: number; old: number };
}

/** Everything the kit has to know to run a service. */
export interface ServiceDefinition {
  name: ServiceName;
  /** The service's own module; the kit's providers are global around it. */
  module: Type;
  /**
   * For a service whose work would keep its callers waiting: the part that nobody waits for. `module` is then the edge alone. Where the
   * database takes more than one writer it runs in a thread of its own, with SQLite beside the edge.
   */
  background?: BackgroundPart;
  /** The service's own entities and migrations; the kit's tables are added. */
  entities: readonly EntityTarget[];
  migrations: readonly MigrationClass[];
  /** Keep a projection of the machine tokens and provide `ClusterTokens`. */
  clusterTokens?: boolean;
  /** For services with a public HTTP interface; the others have the operations port only. */
  http?: {
    port(config: AlertAgentConfig): number;
    /** Called once before listening, e.g. to add raw routes or interactive docs. */
    prepare?(app: HttpApplication): Promise<void> | void;
  };
}
