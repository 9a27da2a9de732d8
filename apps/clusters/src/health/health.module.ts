import { Module } from '@nestjs/common';
import { ClustersStoreModule } from '../clusters/clusters-store.module';
import { HealthJudge } from './health-judge';
import { HealthReports } from './health-reports';
import { HealthStoreModule } from './health-store.module';
import { HealthHandlers } from './health.handlers';
import { HealthMetrics } from './health.metrics';
import { HealthService } from './health.service';
import { SilenceCheck } from './silence-check';
import { SilenceWatch } from './silence-watch';

@Module({
  imports: [ClustersStoreModule, HealthStoreModule],
  controllers: [HealthHandlers],
  providers: [HealthJudge, HealthMetrics, HealthReports, HealthService, SilenceCheck, SilenceWatch],
})
export class HealthModule {}
