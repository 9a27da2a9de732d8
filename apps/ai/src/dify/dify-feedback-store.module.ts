import { Module } from '@nestjs/common';
import { BudgetModule } from '../budget/budget.module';
import { DifyFeedbackStore } from './dify-feedback.store';

@Module({ imports: [BudgetModule], providers: [DifyFeedbackStore], exports: [DifyFeedbackStore] })
export class DifyFeedbackStoreModule {}
