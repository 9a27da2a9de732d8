import { Module } from '@nestjs/common';
import { AlertmanagerConfigsModule } from './alertmanager-configs/alertmanager-configs.module';
import { AlertmanagerRequestsModule } from './alertmanager-requests/alertmanager-requests.module';
import { ClustersModule } from './clusters/clusters.module';
import { HealthModule } from './health/health.module';
import { TokensModule } from './tokens/tokens.module';

@Module({
  imports: [ClustersModule, TokensModule, HealthModule, AlertmanagerConfigsModule, AlertmanagerRequestsModule],
})
export class AppModule {}
