import type { ServiceDefinition } from '@alertagent/service-kit';
import { AppModule } from './app.module';
import { clusterEntity } from './clusters/cluster.entity';
import { clusterHealthEntity } from './health/cluster-health.entity';
import { memberHealthEntity } from './health/member-health.entity';
import { CreateClusterTables1763800000000 } from './migrations/1763800000000-create-cluster-tables';
import { clusterTokenEntity } from './tokens/cluster-token.entity';

/** The clusters service as the kit runs it: clusters, their machine tokens, and how their members are. */
export const clustersService: ServiceDefinition = {
  name: 'clusters',
  module: AppModule,
  entities: [clusterEntity, clusterTokenEntity, memberHealthEntity, clusterHealthEntity],
  migrations: [CreateClusterTables1763800000000],
};
