import { Module } from '@nestjs/common';
import { KnownClustersModule } from '../clusters/known-clusters.module';
import { DistributionsModule } from '../distributions/distributions.module';
import { ClusterTargeting } from './cluster-targeting';
import { Retargeting } from './retargeting';
import { RuleChanges } from './rule-changes';
import { RuleReader } from './rule-reader';
import { RuleTargets } from './rule-targets';
import { RulesHandlers } from './rules.handlers';
import { RulesService } from './rules.service';
import { RulesStore } from './rules.store';

@Module({
  imports: [KnownClustersModule, DistributionsModule],
  controllers: [RulesHandlers],
  providers: [ClusterTargeting, Retargeting, RuleChanges, RuleReader, RuleTargets, RulesService, RulesStore],
})
export class RulesModule {}
