import { Module } from '@nestjs/common';
import { ClustersStoreModule } from '../clusters/clusters-store.module';
import { HealthStoreModule } from '../health/health-store.module';
import { ActiveAlerts } from './active-alerts';
import { AlertmanagerApi } from './alertmanager-api';
import { AlertmanagerClient } from './alertmanager-client';
import { AlertmanagerRequestsHandlers } from './alertmanager-requests.handlers';
import { AlertmanagerMetrics } from './alertmanager-requests.metrics';
import { AlertmanagerStatuses } from './alertmanager-statuses';
import { Failover } from './failover';
import { MemberBreakers } from './member-breakers';
import { MemberDirectory } from './member-directory';
import { MeshSurvey } from './mesh-survey';
import { MeshWriter } from './mesh-writer';
import { SilenceAudit } from './silence-audit';
import { SilenceLists } from './silence-lists';
import { SilencesService } from './silences.service';

@Module({
  imports: [ClustersStoreModule, HealthStoreModule],
  controllers: [AlertmanagerRequestsHandlers],
  providers: [
    ActiveAlerts,
    AlertmanagerApi,
    AlertmanagerClient,
    AlertmanagerMetrics,
    AlertmanagerStatuses,
    Failover,
    MemberBreakers,
    MemberDirectory,
    MeshSurvey,
    MeshWriter,
    SilenceAudit,
    SilenceLists,
    SilencesService,
  ],
})
export class AlertmanagerRequestsModule {}
