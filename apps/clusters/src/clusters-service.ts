import type { ServiceDefinition } from '@alertagent/service-kit';
import { configurationLockEntity } from './alertmanager-configs/configuration-lock';
import { layerVersionEntity } from './alertmanager-configs/layer-version.entity';
import { layerEntity } from './alertmanager-configs/layer.entity';
import { secretEntity } from './alertmanager-configs/secret.entity';
import { AppModule } from './app.module';
import { clusterEntity } from './clusters/cluster.entity';
import { clusterHealthEntity } from './health/cluster-health.entity';
import { memberHealthEntity } from './health/member-health.entity';
import { CreateClusterTables1763800000000 } from './migrations/1763800000000-create-cluster-tables';
import { CreateAlertmanagerConfigTables1764280000000 } from './migrations/1764280000000-create-alertmanager-config-tables';
import { clusterTokenEntity } from './tokens/cluster-token.entity';

/** The clusters service as the kit runs it: clusters, their machine tokens, how their members are, and their Alertmanager configuration. */
export const clustersService: ServiceDefinition = {
  name: 'clusters',
  module: AppModule,
  entities: [
    clusterEntity,
    clusterTokenEntity,
    memberHealthEntity,
    clusterHealthEntity,
    layerEntity,
    layerVersionEntity,
    secretEntity,
    configurationLockEntity,
  ],
  migrations: [CreateClusterTables1763800000000, CreateAlertmanagerConfigTables1764280000000],
};
