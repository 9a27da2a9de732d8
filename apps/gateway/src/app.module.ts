import { Authenticator } from '@alertagent/service-kit';
import { Module } from '@nestjs/common';
import { ApiTokensController } from './access/api-tokens.controller';
import { ApiTokensService } from './access/api-tokens.service';
import { FirstAdminToken } from './access/first-admin-token';
import { GatewayAuthenticator } from './access/gateway-authenticator';
import { AlertEdgeModule } from './alert-edge.module';
import { LiveController } from './live/live.controller';
import { LiveModule } from './live/live.module';
import { PoliciesModule } from './policies/policies.module';
import { AlertmanagerConfigsController } from './rest/alertmanager-configs.controller';
import { AlertmanagerLayersController } from './rest/alertmanager-layers.controller';
import { AlertmanagersController } from './rest/alertmanagers.controller';
import { AnalysisController } from './rest/analysis.controller';
import { AuditController } from './rest/audit.controller';
import { AutomationController } from './rest/automation.controller';
import { ClusterSyncsController } from './rest/cluster-syncs.controller';
import { ClustersController } from './rest/clusters.controller';
import { HoldsController } from './rest/holds.controller';
import { ParkedController } from './rest/parked.controller';
import { RolloutsController } from './rest/rollouts.controller';
import { RulesController } from './rest/rules.controller';
import { SilencesController } from './rest/silences.controller';
import { StatusController } from './rest/status.controller';

@Module({
  imports: [AlertEdgeModule, LiveModule, PoliciesModule],
  controllers: [
    // Before the alert path's own routes: `alerts/analyze` must not be read as an alert's id.
    AnalysisController,
    AlertmanagerConfigsController,
    AlertmanagerLayersController,
    AlertmanagersController,
    ApiTokensController,
    AuditController,
    AutomationController,
    ClustersController,
    ClusterSyncsController,
    HoldsController,
    LiveController,
    ParkedController,
    RolloutsController,
    RulesController,
    SilencesController,
    StatusController,
  ],
  providers: [ApiTokensService, FirstAdminToken, { provide: Authenticator, useClass: GatewayAuthenticator }],
  // For the global guard.
  exports: [Authenticator],
})
export class AppModule {}
