import { Module } from '@nestjs/common';
import { BudgetModule } from '../budget/budget.module';
import { DeadLettersStoreModule } from '../dead-letters/dead-letters-store.module';
import { OldAnalyses } from './old-analyses';
import { Retention } from './retention';
import { RetentionWorker } from './retention-worker';

@Module({ imports: [BudgetModule, DeadLettersStoreModule], providers: [OldAnalyses, Retention, RetentionWorker] })
export class RetentionModule {}
