import type { ServiceDefinition } from '@alertagent/service-kit';
import { configurationLockEntity } from './alertmanager-configs/configuration-lock';
import { layerVersionEntity } from './alertmanager-configs/layer-version.entity';
import { layerEntity } from './alertmanager-configs/layer.entity';
import { secretEntity } from './alertmanager-configs/secret.entity';
import { AppModule } from './app.module';
import { canarySightingEntity } from './canary/canary-sighting.entity';
import { clusterEntity } from './clusters/cluster.entity';
import { clusterHealthEntity } from './health/cluster-health.entity';
import { clusterTroubleEntity } from './health/cluster-trouble.entity';
import { healthHistoryEntity } from './health/health-history.entity';
import { memberHealthEntity } from './health/member-health.entity';
import { CreateClusterTables1763800000000 } from './migrations/1763800000000-create-cluster-tables';
import { CreateAlertmanagerConfigTables1764280000000 } from './migrations/1764280000000-create-alertmanager-config-tables';
import { KindsAndRetirement1766000000001 } from './migrations/1766000000001-kinds-and-retirement';
import { HealthHistory1766000000002 } from './migrations/1766000000002-health-history';
import { ClusterTroubles1766000000003 } from './migrations/1766000000003-cluster-troubles';
import { Canaries1766000000004 } from './migrations/1766000000004-canaries';
import { AlertmanagerAddresses1766200000000 } from './migrations/1766200000000-alertmanager-addresses';
import { QueryUrls1767300000000 } from './migrations/1767300000000-query-urls';
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
    healthHistoryEntity,
    clusterTroubleEntity,
    canarySightingEntity,
    layerEntity,
    layerVersionEntity,
    secretEntity,
    configurationLockEntity,
  ],
  migrations: [
    CreateClusterTables1763800000000,
    CreateAlertmanagerConfigTables1764280000000,
    KindsAndRetirement1766000000001,
    HealthHistory1766000000002,
    ClusterTroubles1766000000003,
    Canaries1766000000004,
    AlertmanagerAddresses1766200000000,
    QueryUrls1767300000000,
  ],
};
