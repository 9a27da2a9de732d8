import { Module } from '@nestjs/common';
import { ContentSeal } from './content-seal';
import { HoldsStore } from './holds.store';
import { RevisionsHandlers } from './revisions.handlers';
import { RevisionsStore } from './revisions.store';

/** Every rendered configuration, kept for ever. */
@Module({
  controllers: [RevisionsHandlers],
  providers: [ContentSeal, HoldsStore, RevisionsStore],
  exports: [ContentSeal, HoldsStore, RevisionsStore],
})
export class RevisionsModule {}
