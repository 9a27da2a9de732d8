import { Module } from '@nestjs/common';
import { IncidentsModule } from '../incidents/incidents.module';
import { EvidenceModule } from '../evidence/evidence.module';
import { KnowledgeModule } from '../knowledge/knowledge.module';
import { BuiltInWorkflow } from './built-in-workflow';
import { DifyAnalyst } from './dify-analyst';
import { DifyClient } from './dify-client';
import { EvidenceCollector } from './evidence';
import { Questions } from './questions';

@Module({
  imports: [EvidenceModule, IncidentsModule, KnowledgeModule],
  providers: [BuiltInWorkflow, DifyAnalyst, DifyClient, EvidenceCollector, Questions],
  exports: [BuiltInWorkflow, DifyClient, Questions],
})
export class AnalystsModule {}
