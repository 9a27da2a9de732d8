import { Module } from '@nestjs/common';
import { ContentSeal } from './content-seal';
import { RevisionsHandlers } from './revisions.handlers';
import { RevisionsStore } from './revisions.store';

/** Every rendered configuration, kept for ever. */
@Module({ controllers: [RevisionsHandlers], providers: [ContentSeal, RevisionsStore], exports: [RevisionsStore] })
export class RevisionsModule {}
