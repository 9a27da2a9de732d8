import { Module } from '@nestjs/common';
import { AnalysesStoreModule } from '../analyses/analyses-store.module';
import { FeedbackStoreModule } from '../feedback/feedback-store.module';
import { IncidentsModule } from '../incidents/incidents.module';
import { KnowledgeModule } from '../knowledge/knowledge.module';
import { IncidentLessons } from './incident-lessons';

@Module({
  imports: [AnalysesStoreModule, FeedbackStoreModule, IncidentsModule, KnowledgeModule],
  providers: [IncidentLessons],
  exports: [IncidentLessons],
})
export class LessonsModule {}
