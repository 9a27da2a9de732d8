import { Module } from '@nestjs/common';
import { KnowledgeReader } from './knowledge-reader';
import { KnowledgeSearch } from './knowledge-search';
import { KnowledgeHandlers } from './knowledge.handlers';
import { KnowledgeService } from './knowledge.service';
import { KnowledgeStore } from './knowledge.store';

@Module({
  controllers: [KnowledgeHandlers],
  providers: [KnowledgeReader, KnowledgeSearch, KnowledgeService, KnowledgeStore],
  exports: [KnowledgeSearch, KnowledgeService],
})
export class KnowledgeModule {}
