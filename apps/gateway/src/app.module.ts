import { Authenticator } from '@alertagent/service-kit';
import { Module } from '@nestjs/common';
import { ApiTokensController } from './access/api-tokens.controller';
import { ApiTokensService } from './access/api-tokens.service';
import { FirstAdminToken } from './access/first-admin-token';
import { GatewayAuthenticator } from './access/gateway-authenticator';
import { AlertEdgeModule } from './alert-edge.module';
import { AnalysisEventsController } from './live/analysis-events.controller';
import { LiveController } from './live/live.controller';
import { LiveModule } from './live/live.module';
import { PoliciesModule } from './policies/policies.module';
import { ActionCatalogueController } from './rest/action-catalogue.controller';
import { AlertmanagerConfigsController } from './rest/alertmanager-configs.controller';
import { AlertmanagerLayersController } from './rest/alertmanager-layers.controller';
import { AlertmanagersController } from './rest/alertmanagers.controller';
import { AnalysisController } from './rest/analysis.controller';
import { ApprovalsController } from './rest/approvals.controller';
import { AuditController } from './rest/audit.controller';
import { AutomationController } from './rest/automation.controller';
import { BacktestsController } from './rest/backtests.controller';
import { AutonomyController } from './rest/autonomy.controller';
import { ClusterSyncsController } from './rest/cluster-syncs.controller';
import { ClustersController } from './rest/clusters.controller';
import { DeadLettersController } from './rest/dead-letters.controller';
import { DecisionPoliciesController } from './rest/decision-policies.controller';
import { BudgetController } from './rest/budget.controller';
import { FeedbackController } from './rest/feedback.controller';
import { SigningKeysController } from './rest/signing-keys.controller';
import { HoldsController } from './rest/holds.controller';
import { KnowledgeController } from './rest/knowledge.controller';
import { ParkedController } from './rest/parked.controller';
import { RolloutsController } from './rest/rollouts.controller';
import { RuleDisagreementsController } from './rest/rule-disagreements.controller';
import { RuleHealthController } from './rest/rule-health.controller';
import { RuleVersionsController } from './rest/rule-versions.controller';
import { RulePacksController } from './rest/rule-packs.controller';
import { RuleTemplatesController } from './rest/rule-templates.controller';
import { RuleTestsController } from './rest/rule-tests.controller';
import { RuleExportsController } from './rest/rule-exports.controller';
import { RuleImportsController } from './rest/rule-imports.controller';
import { RuleBatchesController } from './rest/rule-batches.controller';
import { RuleGroupsController } from './rest/rule-groups.controller';
import { RuleValidationController } from './rest/rule-validation.controller';
import { RulesController } from './rest/rules.controller';
import { SilencesController } from './rest/silences.controller';
import { TemplateInstancesController } from './rest/template-instances.controller';
import { StatusController } from './rest/status.controller';
import { RuleImportSender } from './rule-imports/rule-import-sender';

@Module({
  imports: [AlertEdgeModule, LiveModule, PoliciesModule],
  controllers: [
    // Before the alert path's own routes: `alerts/analyze` must not be read as an alert's id.
    AnalysisController,
    AnalysisEventsController,
    ActionCatalogueController,
    AlertmanagerConfigsController,
    AlertmanagerLayersController,
    AlertmanagersController,
    ApiTokensController,
    ApprovalsController,
    AuditController,
    AutomationController,
    BacktestsController,
    AutonomyController,
    ClustersController,
    DeadLettersController,
    DecisionPoliciesController,
    ClusterSyncsController,
    BudgetController,
    FeedbackController,
    HoldsController,
    SigningKeysController,
    KnowledgeController,
    LiveController,
    ParkedController,
    RolloutsController,
    // Before the rules' own routes: `rules/health` must not be read as a rule's id.
    RuleDisagreementsController,
    RuleHealthController,
    RuleTestsController,
    RuleExportsController,
    RuleImportsController,
    RuleValidationController,
    RulesController,
    RuleVersionsController,
    RuleTemplatesController,
    TemplateInstancesController,
    RulePacksController,
    RuleBatchesController,
    RuleGroupsController,
    SilencesController,
    StatusController,
  ],
  providers: [
    ApiTokensService,
    FirstAdminToken,
    RuleImportSender,
    { provide: Authenticator, useClass: GatewayAuthenticator },
  ],
  // For the global guard.
  exports: [Authenticator],
})
export class AppModule {}
