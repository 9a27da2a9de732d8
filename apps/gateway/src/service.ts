import { join } from 'node:path';
import {
  AlertAgentConfig,
  idempotencyKeysEntity,
  idempotencyKeysMigration,
  takeIdempotencyKeys,
  type ServiceDefinition,
} from '@alertagent/service-kit';
import { ApiToken, ApiTokensMigration } from './access/api-token.entity';
import { alertPathEntities, alertPathMigrations } from './alert-path.module';
import { AppModule } from './app.module';
import { BackgroundModule } from './background.module';
import { registerConfigProxy } from './config-proxy/config-proxy';
import { registerFiringSetRoute } from './reconciliation/firing-set-route';
import { registerWebhookRoute } from './intake/webhook-route';
import { registerDocs } from './openapi/docs-routes';
import { takeRuleUploads } from './rule-imports/rule-upload';

/** The public edge and the alert path. */
export const gatewayService: ServiceDefinition = {
  name: 'gateway',
  module: AppModule,
  background: {
    module: BackgroundModule,
    entry: join(__dirname, 'background.js'),
    memoryMiB: { young: 32, old: 256 },
  },
  entities: [ApiToken, idempotencyKeysEntity('gateway'), ...alertPathEntities],
  migrations: [ApiTokensMigration, idempotencyKeysMigration('gateway'), ...alertPathMigrations],
  clusterTokens: true,
  http: {
    port: (config) => config.server.port,
    prepare: (app) => {
      takeIdempotencyKeys(app, 'gateway');
      takeRuleUploads(app);
      registerWebhookRoute(app);
      registerFiringSetRoute(app);
      registerConfigProxy(app, app.get(AlertAgentConfig).server.configServiceUrl());
      registerDocs(app);
    },
  },
};
