import { Module } from '@nestjs/common';
import { ClustersStore } from './clusters.store';

/** Apart from `ClustersModule`, because tokens and health need the store and the clusters need both. */
@Module({ providers: [ClustersStore], exports: [ClustersStore] })
export class ClustersStoreModule {}
