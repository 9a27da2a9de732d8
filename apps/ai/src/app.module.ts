import { Module } from '@nestjs/common';
import { AnalysesModule } from './analyses/analyses.module';
import { AutomationModule } from './automation/automation.module';
import { EscalationsModule } from './escalations/escalations.module';
import { KnowledgeModule } from './knowledge/knowledge.module';

@Module({ imports: [AnalysesModule, EscalationsModule, AutomationModule, KnowledgeModule] })
export class AppModule {}
