import { Module } from '@nestjs/common';
import { FeedbackStore } from './feedback.store';

@Module({ providers: [FeedbackStore], exports: [FeedbackStore] })
export class FeedbackStoreModule {}
