import { Module } from '@nestjs/common';
import { AnalysesStoreModule } from '../analyses/analyses-store.module';
import { AutomationModule } from '../automation/automation.module';
import { FeedbackStoreModule } from '../feedback/feedback-store.module';
import { IncidentsModule } from '../incidents/incidents.module';
import { SuggestionsModule } from '../suggestions/suggestions.module';
import { ReportFacts } from './report-facts';
import { ReportsHandlers } from './reports.handlers';
import { ReportsService } from './reports.service';

@Module({
  imports: [AnalysesStoreModule, AutomationModule, FeedbackStoreModule, IncidentsModule, SuggestionsModule],
  controllers: [ReportsHandlers],
  providers: [ReportFacts, ReportsService],
})
export class ReportsModule {}
