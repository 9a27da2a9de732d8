import type { ServiceDefinition } from '@alertagent/service-kit';
import { AppModule } from './app.module';
import { CreateConfigTables1764000000000 } from './migrations/1764000000000-create-config-tables';
import { Rollouts1764000000001 } from './migrations/1764000000001-rollouts';
import { MemberSyncs1767600000000 } from './migrations/1767600000000-member-syncs';
import { ConfirmedRemovals1768400000000 } from './migrations/1768400000000-confirmed-removals';
import { KeyRotation1768400000001 } from './migrations/1768400000001-key-rotation';
import { ToldKeys1769600000000 } from './migrations/1769600000000-told-keys';
import { EndedKeys1769600000001 } from './migrations/1769600000001-ended-keys';
import { ConfigProof } from './reports/config-proof.entity';
import { Member } from './reports/member.entity';
import { MemberChange } from './reports/member-change.entity';
import { MAX_REPORT_BYTES, REPORTS_PATH } from './reports/reports.controller';
import { ConfigHead } from './revisions/config-head.entity';
import { RevisionEntity } from './revisions/revision.entity';
import { RolloutCluster } from './rollouts/rollout-cluster.entity';
import { Rollout } from './rollouts/rollout.entity';
import { registerPullRoute } from './serving/pull-route';
import { SigningKey } from './signing/signing-key.entity';

/** The config service as the kit runs it. */
export const configService: ServiceDefinition = {
  name: 'config',
  module: AppModule,
  entities: [RevisionEntity, ConfigHead, SigningKey, Member, MemberChange, ConfigProof, Rollout, RolloutCluster],
  migrations: [
    CreateConfigTables1764000000000,
    Rollouts1764000000001,
    MemberSyncs1767600000000,
    ConfirmedRemovals1768400000000,
    KeyRotation1768400000001,
    ToldKeys1769600000000,
    EndedKeys1769600000001,
  ],
  clusterTokens: true,
  http: {
    port: (config) => config.server.config_port,
    prepare(app) {
      // Nest has no body limit per route; Fastify takes it from the route as it is declared.
      app
        .getHttpAdapter()
        .getInstance()
        .addHook('onRoute', (route) => {
          if (route.url === REPORTS_PATH) route.bodyLimit = MAX_REPORT_BYTES;
        });
      registerPullRoute(app);
    },
  },
};
