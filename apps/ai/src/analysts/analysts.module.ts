import { Module } from '@nestjs/common';
import { AnalysesStoreModule } from '../analyses/analyses-store.module';
import { BudgetModule } from '../budget/budget.module';
import { IncidentsModule } from '../incidents/incidents.module';
import { AutomationModule } from '../automation/automation.module';
import { EvidenceModule } from '../evidence/evidence.module';
import { KnowledgeModule } from '../knowledge/knowledge.module';
import { BuiltInWorkflow } from './built-in-workflow';
import { DifyClient } from './dify-client';
import { EvidenceCollector } from './evidence';
import { Models } from './models';
import { OpenAiClient } from './openai-client';
import { Questions } from './questions';
import { RunningCalls } from './running-calls';

@Module({
  imports: [AnalysesStoreModule, AutomationModule, BudgetModule, EvidenceModule, IncidentsModule, KnowledgeModule],
  providers: [BuiltInWorkflow, DifyClient, EvidenceCollector, Models, OpenAiClient, Questions, RunningCalls],
  exports: [BuiltInWorkflow, Models, Questions],
})
export class AnalystsModule {}
