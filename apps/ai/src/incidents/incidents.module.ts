import { Module } from '@nestjs/common';
import { KnownIncidentsStore } from './known-incidents.store';
import { PastIncidents } from './past-incidents';

@Module({ providers: [KnownIncidentsStore, PastIncidents], exports: [KnownIncidentsStore, PastIncidents] })
export class IncidentsModule {}
