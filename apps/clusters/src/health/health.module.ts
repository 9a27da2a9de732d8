import { Module } from '@nestjs/common';
import { CanaryHandlers } from '../canary/canary.handlers';
import { ClustersStoreModule } from '../clusters/clusters-store.module';
import { RetirementModule } from '../retirement/retirement.module';
import { EndpointCheck } from './endpoint-check';
import { EndpointChecks } from './endpoint-checks';
import { EndpointResults } from './endpoint-results';
import { HealthHistory } from './health-history';
import { HealthReports } from './health-reports';
import { HealthStoreModule } from './health-store.module';
import { HealthHandlers } from './health.handlers';
import { HealthMetrics } from './health.metrics';
import { HealthService } from './health.service';
import { SilenceCheck } from './silence-check';
import { SilenceWatch } from './silence-watch';

@Module({
  imports: [ClustersStoreModule, HealthStoreModule, RetirementModule],
  controllers: [CanaryHandlers, HealthHandlers],
  providers: [
    EndpointCheck,
    EndpointChecks,
    EndpointResults,
    HealthHistory,
    HealthMetrics,
    HealthReports,
    HealthService,
    SilenceCheck,
    SilenceWatch,
  ],
})
export class HealthModule {}
