import { Module } from '@nestjs/common';
import { AnalysesStoreModule } from '../analyses/analyses-store.module';
import { BudgetModule } from '../budget/budget.module';
import { DeadLettersStoreModule } from '../dead-letters/dead-letters-store.module';
import { DecisionsModule } from '../decisions/decisions.module';
import { FeedbackStoreModule } from '../feedback/feedback-store.module';
import { IncidentsModule } from '../incidents/incidents.module';
import { OldAnalyses } from './old-analyses';
import { Retention } from './retention';
import { RetentionWorker } from './retention-worker';

@Module({
  imports: [
    AnalysesStoreModule,
    BudgetModule,
    DeadLettersStoreModule,
    DecisionsModule,
    FeedbackStoreModule,
    IncidentsModule,
  ],
  providers: [OldAnalyses, Retention, RetentionWorker],
})
export class RetentionModule {}
