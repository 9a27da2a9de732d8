import { Module } from '@nestjs/common';
import { EscalationsModule } from '../escalations/escalations.module';
import { IncidentsModule } from '../incidents/incidents.module';
import { SuggestionsModule } from '../suggestions/suggestions.module';
import { WorkflowsModule } from '../workflows/workflows.module';
import { ActionAnnouncements } from './action-announcements';
import { ActionLeases } from './action-leases';
import { ActionPermits } from './action-permits';
import { ActionQueries } from './action-queries';
import { ActionRecord } from './action-record';
import { ActionRequests } from './action-requests';
import { ActionRun } from './action-run';
import { ActionTransitions } from './action-transitions';
import { ActionVerdicts } from './action-verdicts';
import { ActionWorker } from './action-worker';
import { ActionsHandlers } from './actions.handlers';
import { ActionsStore } from './actions.store';
import { ApprovalGate } from './approval-gate';
import { AutomationMetrics } from './automation.metrics';
import { Catalogue } from './catalogue';
import { Executors } from './executors/executors';
import { HttpExecutor } from './executors/http-executor';
import { N8nExecutor } from './executors/n8n-executor';
import { SilenceExecutor } from './executors/silence-executor';
import { SuppressionExecutor } from './executors/suppression-executor';
import { KillSwitchesService } from './kill-switches.service';
import { KillSwitchesStore } from './kill-switches.store';

@Module({
  imports: [EscalationsModule, IncidentsModule, SuggestionsModule, WorkflowsModule],
  controllers: [ActionsHandlers],
  providers: [
    ActionAnnouncements,
    ActionLeases,
    ActionPermits,
    ActionQueries,
    ActionRecord,
    ActionRequests,
    ActionRun,
    ActionTransitions,
    ActionVerdicts,
    ActionWorker,
    ActionsStore,
    ApprovalGate,
    AutomationMetrics,
    Catalogue,
    Executors,
    HttpExecutor,
    KillSwitchesService,
    KillSwitchesStore,
    N8nExecutor,
    SilenceExecutor,
    SuppressionExecutor,
  ],
  exports: [ActionRecord, ActionsStore, Catalogue, KillSwitchesStore],
})
export class AutomationModule {}
