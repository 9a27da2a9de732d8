import { Module } from '@nestjs/common';
import { AnalystsModule } from '../analysts/analysts.module';
import { BudgetModule } from '../budget/budget.module';
import { DeadLettersStoreModule } from '../dead-letters/dead-letters-store.module';
import { DecisionsModule } from '../decisions/decisions.module';
import { EvidenceModule } from '../evidence/evidence.module';
import { IncidentsModule } from '../incidents/incidents.module';
import { LanesModule } from '../lanes/lanes.module';
import { LessonsModule } from '../lessons/lessons.module';
import { WorkflowsModule } from '../workflows/workflows.module';
import { AnalysesHandlers } from './analyses.handlers';
import { AnalysesMetrics } from './analyses.metrics';
import { AnalysesService } from './analyses.service';
import { AnalysesStoreModule } from './analyses-store.module';
import { AnalysisAnnouncements } from './analysis-announcements';
import { AnalysisCancellation } from './analysis-cancellation';
import { AnalysisCompletion } from './analysis-completion';
import { AnalysisLeases } from './analysis-leases';
import { AnalysisQueue } from './analysis-queue';
import { AnalysisRun } from './analysis-run';
import { AnalysisViews } from './analysis-views';
import { AnalysisWorker } from './analysis-worker';
import { EnginePolicy } from './engine-policy';
import { IncidentAnalyses } from './incident-analyses';
import { IncidentNews } from './incident-news';
import { LostWorkflows } from './lost-workflows';
import { NewAnalyses } from './new-analysis';
import { ReportedClaims } from './reported-claims';
import { StaleAnalyses } from './stale-analyses';
import { StatusReports } from './status-reports';
import { WakeUp } from '../requests/wake-up';

@Module({
  imports: [
    AnalystsModule,
    BudgetModule,
    DecisionsModule,
    AnalysesStoreModule,
    DeadLettersStoreModule,
    EvidenceModule,
    IncidentsModule,
    LanesModule,
    LessonsModule,
    WorkflowsModule,
  ],
  controllers: [AnalysesHandlers],
  providers: [
    AnalysesMetrics,
    AnalysesService,
    AnalysisAnnouncements,
    AnalysisCancellation,
    AnalysisCompletion,
    AnalysisLeases,
    AnalysisQueue,
    AnalysisRun,
    AnalysisViews,
    AnalysisWorker,
    EnginePolicy,
    IncidentAnalyses,
    IncidentNews,
    LostWorkflows,
    NewAnalyses,
    ReportedClaims,
    StaleAnalyses,
    StatusReports,
    WakeUp,
  ],
})
export class AnalysesModule {}
