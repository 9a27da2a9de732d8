import { Module } from '@nestjs/common';
import { ClustersStoreModule } from '../clusters/clusters-store.module';
import { HealthStoreModule } from '../health/health-store.module';
import { TokensModule } from '../tokens/tokens.module';
import { Retirements } from './retirements';

/** How clusters are retired. */
@Module({
  imports: [ClustersStoreModule, HealthStoreModule, TokensModule],
  providers: [Retirements],
  exports: [Retirements],
})
export class RetirementModule {}
