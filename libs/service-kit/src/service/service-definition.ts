import type { ServiceName } from '@alertagent/contracts';
import type { Type } from '@nestjs/common';
import type { AlertAgentConfig } from '../configuration/alertagent-config';
import type { EntityTarget, MigrationClass } from '../database/service-database';
import type { HttpApplication } from '../http/fastify-app';

/** Everything the kit has to know to run a service. */
export interface ServiceDefinition {
  name: ServiceName;
  /** The service's own module; the kit's providers are global around it. */
  module: Type;
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
