import { Module } from '@nestjs/common';
import { HealthHistoryStore } from './health-history.store';
import { HealthRecord } from './health-record';
import { HealthStore } from './health.store';

/** Apart from `HealthModule`, because registering a cluster begins its health. */
@Module({
  providers: [HealthHistoryStore, HealthRecord, HealthStore],
  exports: [HealthHistoryStore, HealthRecord, HealthStore],
})
export class HealthStoreModule {}
