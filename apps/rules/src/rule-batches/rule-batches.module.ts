import { Module } from '@nestjs/common';
import { KnownClustersModule } from '../clusters/known-clusters.module';
import { RulesModule } from '../rules/rules.module';
import { BatchLoop } from './batch-loop';
import { BatchOperations } from './batch-operations';
import { BatchRunner } from './batch-runner';
import { RuleBatchesHandlers } from './rule-batches.handlers';
import { RuleBatchesService } from './rule-batches.service';
import { RuleBatchesStore } from './rule-batches.store';

@Module({
  imports: [KnownClustersModule, RulesModule],
  controllers: [RuleBatchesHandlers],
  providers: [BatchLoop, BatchOperations, BatchRunner, RuleBatchesService, RuleBatchesStore],
})
export class RuleBatchesModule {}
