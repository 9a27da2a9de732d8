import { Module } from '@nestjs/common';
import { HealthStoreModule } from '../health/health-store.module';
import { RetirementModule } from '../retirement/retirement.module';
import { TokensModule } from '../tokens/tokens.module';
import { ClusterReader } from './cluster-reader';
import { ClustersHandlers } from './clusters.handlers';
import { ClustersService } from './clusters.service';
import { ConfiguredClusters } from './configured-clusters';
import { ClustersStoreModule } from './clusters-store.module';

@Module({
  imports: [ClustersStoreModule, TokensModule, HealthStoreModule, RetirementModule],
  controllers: [ClustersHandlers],
  providers: [ClusterReader, ClustersService, ConfiguredClusters],
})
export class ClustersModule {}
