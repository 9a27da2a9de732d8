import { Module } from '@nestjs/common';
import { FeedbackStoreModule } from '../feedback/feedback-store.module';
import { DifyApiModule } from './dify-api.module';
import { DifyFeedbackSender } from './dify-feedback-sender';
import { DifyFeedbackStoreModule } from './dify-feedback-store.module';
import { DifyOpinions } from './dify-opinions';

@Module({
  imports: [DifyApiModule, DifyFeedbackStoreModule, FeedbackStoreModule],
  providers: [DifyFeedbackSender, DifyOpinions],
})
export class DifyFeedbackModule {}
