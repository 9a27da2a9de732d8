import { Module } from '@nestjs/common';
import { KnownIncidentsStore } from './known-incidents.store';

@Module({ providers: [KnownIncidentsStore], exports: [KnownIncidentsStore] })
export class IncidentsModule {}
