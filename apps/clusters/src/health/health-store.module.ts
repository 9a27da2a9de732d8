import { Module } from '@nestjs/common';
import { CanarySightingsStore } from '../canary/canary-sightings.store';
import { CanaryWatch } from '../canary/canary-watch';
import { HealthHistoryStore } from './health-history.store';
import { HealthRecord } from './health-record';
import { HealthStore } from './health.store';
import { Troubles } from './troubles';

/** Apart from `HealthModule`, because registering a cluster begins its health. */
@Module({
  providers: [CanarySightingsStore, CanaryWatch, HealthHistoryStore, HealthRecord, HealthStore, Troubles],
  exports: [CanaryWatch, HealthHistoryStore, HealthRecord, HealthStore, Troubles],
})
export class HealthStoreModule {}
