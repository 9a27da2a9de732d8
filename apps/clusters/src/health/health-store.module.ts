import { Module } from '@nestjs/common';
import { HealthStore } from './health.store';

/** Apart from `HealthModule`, because registering a cluster begins its health. */
@Module({ providers: [HealthStore], exports: [HealthStore] })
export class HealthStoreModule {}
