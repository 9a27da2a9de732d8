import { Module } from '@nestjs/common';
import { KnownClustersStore } from './known-clusters.store';

@Module({ providers: [KnownClustersStore], exports: [KnownClustersStore] })
export class KnownClustersModule {}
