import { Module } from '@nestjs/common';
import { ClusterRecord } from './cluster-record';
import { ClustersStore } from './clusters.store';

/** Apart from `ClustersModule`, because tokens, health and retirement need the store and the clusters need them. */
@Module({ providers: [ClusterRecord, ClustersStore], exports: [ClusterRecord, ClustersStore] })
export class ClustersStoreModule {}
