import { Module } from '@nestjs/common';
import { HealthHistoryStore } from './health-history.store';
import { HealthRecord } from './health-record';
import { HealthStore } from './health.store';
import { Troubles } from './troubles';

/** Apart from `HealthModule`, because registering a cluster begins its health. */
@Module({
  providers: [HealthHistoryStore, HealthRecord, HealthStore, Troubles],
  exports: [HealthHistoryStore, HealthRecord, HealthStore, Troubles],
})
export class HealthStoreModule {}
