import { Module } from '@nestjs/common';
import { AnalysesStoreModule } from '../analyses/analyses-store.module';
import { LessonsModule } from '../lessons/lessons.module';
import { FeedbackStoreModule } from './feedback-store.module';
import { FeedbackHandlers } from './feedback.handlers';
import { FeedbackService } from './feedback.service';

@Module({
  imports: [AnalysesStoreModule, FeedbackStoreModule, LessonsModule],
  controllers: [FeedbackHandlers],
  providers: [FeedbackService],
})
export class FeedbackModule {}
