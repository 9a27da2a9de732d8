import type { ServiceDefinition } from '@alertagent/service-kit';
import { AppModule } from './app.module';
import { backtestEntity } from './backtests/backtest.entity';
import { backtestedAlertEntity } from './backtests/backtested-alert.entity';
import { approvalPolicyEntity } from './approvals/approval-policy.entity';
import { ruleApprovalEntity } from './approvals/rule-approval.entity';
import { clusterMemberEntity } from './clusters/cluster-member.entity';
import { knownClusterEntity } from './clusters/known-cluster.entity';
import { targetingLockEntity } from './clusters/targeting-lock.entity';
import { memberProofEntity } from './distributions/member-proof.entity';
import { ruleDistributionEntity } from './distributions/rule-distribution.entity';
import { ruleImportPartEntity } from './imports/rule-import-part.entity';
import { ruleImportResultEntity } from './imports/rule-import-result.entity';
import { ruleImportEntity } from './imports/rule-import.entity';
import { ruleFindingEntity } from './health/rule-finding.entity';
import { ruleObservationEntity } from './health/rule-observation.entity';
import { ruleSourceEntity } from './health/rule-source.entity';
import { ruleSweepEntity } from './health/rule-sweep.entity';
import { seriesLookEntity } from './health/series-look.entity';
import { CreateRuleTables1763800000000 } from './migrations/1763800000000-create-rule-tables';
import { ClosedClusters1766000000000 } from './migrations/1766000000000-closed-clusters';
import { RuleModel1767000000000 } from './migrations/1767000000000-rule-model';
import { VersionsAndApprovals1767200000000 } from './migrations/1767200000000-versions-and-approvals';
import { RuleHealth1767200000001 } from './migrations/1767200000001-rule-health';
import { RuleImports1767400000000 } from './migrations/1767400000000-rule-imports';
import { ruleBatchItemEntity } from './rule-batches/rule-batch-item.entity';
import { ruleBatchEntity } from './rule-batches/rule-batch.entity';
import { ruleGroupEntity } from './rule-groups/rule-group.entity';
import { RuleTemplates1767500000000 } from './migrations/1767500000000-rule-templates';
import { Backtests1767300000000 } from './migrations/1767300000000-backtests';
import { RuleTests1767300000001 } from './migrations/1767300000001-rule-tests';
import { RuleDisagreements1767600000000 } from './migrations/1767600000000-rule-disagreements';
import { DismissedDisagreements1767800000000 } from './migrations/1767800000000-dismissed-disagreements';
import { RuleLists1767700000000 } from './migrations/1767700000000-rule-lists';
import { ruleDisagreementEntity } from './second-judge/rule-disagreement.entity';
import { ruleTestRunEntity } from './rule-tests/rule-test-run.entity';
import { ruleTestsEntity } from './rule-tests/rule-tests.entity';
import { ruleVersionEntity } from './rules/rule-version.entity';
import { ruleEntity } from './rules/rule.entity';
import { versionNoteEntity } from './versions/version-note.entity';
import { instanceRuleEntity } from './templates/instance-rule.entity';
import { instanceEntity } from './templates/instance.entity';
import { templateVersionEntity } from './templates/template-version.entity';
import { templateEntity } from './templates/template.entity';

/** The rules service as the kit runs it: rules, their versions, and how far each has come on each cluster. */
export const rulesService: ServiceDefinition = {
  name: 'rules',
  module: AppModule,
  entities: [
    ruleEntity,
    ruleVersionEntity,
    ruleGroupEntity,
    ruleBatchEntity,
    ruleBatchItemEntity,
    ruleImportEntity,
    ruleImportPartEntity,
    ruleImportResultEntity,
    ruleDistributionEntity,
    memberProofEntity,
    knownClusterEntity,
    clusterMemberEntity,
    targetingLockEntity,
    backtestEntity,
    backtestedAlertEntity,
    ruleTestsEntity,
    ruleTestRunEntity,
    versionNoteEntity,
    approvalPolicyEntity,
    ruleApprovalEntity,
    ruleObservationEntity,
    ruleFindingEntity,
    ruleSourceEntity,
    ruleSweepEntity,
    seriesLookEntity,
    ruleDisagreementEntity,
    templateEntity,
    templateVersionEntity,
    instanceEntity,
    instanceRuleEntity,
  ],
  migrations: [
    CreateRuleTables1763800000000,
    ClosedClusters1766000000000,
    RuleModel1767000000000,
    VersionsAndApprovals1767200000000,
    RuleHealth1767200000001,
    RuleTemplates1767500000000,
    Backtests1767300000000,
    RuleTests1767300000001,
    RuleImports1767400000000,
    RuleDisagreements1767600000000,
    RuleLists1767700000000,
    DismissedDisagreements1767800000000,
  ],
};
