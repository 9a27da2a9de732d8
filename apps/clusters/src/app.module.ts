import { Module } from '@nestjs/common';
import { ClustersModule } from './clusters/clusters.module';
import { HealthModule } from './health/health.module';
import { TokensModule } from './tokens/tokens.module';

@Module({ imports: [ClustersModule, TokensModule, HealthModule] })
export class AppModule {}
