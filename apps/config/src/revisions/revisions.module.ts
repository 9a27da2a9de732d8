import { Module } from '@nestjs/common';
import { RevisionsHandlers } from './revisions.handlers';
import { RevisionsStore } from './revisions.store';

/** Every rendered configuration, kept for ever. */
@Module({ controllers: [RevisionsHandlers], providers: [RevisionsStore], exports: [RevisionsStore] })
export class RevisionsModule {}
