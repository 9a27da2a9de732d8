import { Module } from '@nestjs/common';
import { DifyFeedbackStoreModule } from '../dify/dify-feedback-store.module';
import { FeedbackStore } from './feedback.store';

@Module({ imports: [DifyFeedbackStoreModule], providers: [FeedbackStore], exports: [FeedbackStore] })
export class FeedbackStoreModule {}
