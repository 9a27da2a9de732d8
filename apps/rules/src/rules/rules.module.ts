import { Module } from '@nestjs/common';
import { KnownClustersModule } from '../clusters/known-clusters.module';
import { DistributionsModule } from '../distributions/distributions.module';
import { RuleGroupsModule } from '../rule-groups/rule-groups.module';
import { ClusterRulesReader } from './cluster-rules-reader';
import { ClusterTargeting } from './cluster-targeting';
import { Retargeting } from './retargeting';
import { RuleChanges } from './rule-changes';
import { RuleDecisions } from './rule-decisions';
import { RuleReader } from './rule-reader';
import { RuleTargets } from './rule-targets';
import { RulesHandlers } from './rules.handlers';
import { RulesService } from './rules.service';
import { RulesStore } from './rules.store';

@Module({
  imports: [KnownClustersModule, DistributionsModule, RuleGroupsModule],
  controllers: [RulesHandlers],
  providers: [
    ClusterRulesReader,
    ClusterTargeting,
    Retargeting,
    RuleChanges,
    RuleDecisions,
    RuleReader,
    RuleTargets,
    RulesService,
    RulesStore,
  ],
  exports: [RuleChanges, RuleDecisions, RuleReader, RuleTargets, RulesService, RulesStore],
})
export class RulesModule {}
