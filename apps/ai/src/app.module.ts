import { Module } from '@nestjs/common';
import { AnalysesModule } from './analyses/analyses.module';
import { AutomationModule } from './automation/automation.module';
import { DeadLettersModule } from './dead-letters/dead-letters.module';
import { BudgetModule } from './budget/budget.module';
import { DifyFeedbackModule } from './dify/dify-feedback.module';
import { EscalationsModule } from './escalations/escalations.module';
import { FeedbackModule } from './feedback/feedback.module';
import { KnowledgeCopyModule } from './knowledge/dify/knowledge-copy.module';
import { KnowledgeModule } from './knowledge/knowledge.module';
import { ReportsModule } from './reports/reports.module';
import { RetentionModule } from './retention/retention.module';

@Module({
  imports: [
    AnalysesModule,
    DeadLettersModule,
    BudgetModule,
    DifyFeedbackModule,
    EscalationsModule,
    AutomationModule,
    KnowledgeCopyModule,
    KnowledgeModule,
    FeedbackModule,
    ReportsModule,
    RetentionModule,
  ],
})
export class AppModule {}
