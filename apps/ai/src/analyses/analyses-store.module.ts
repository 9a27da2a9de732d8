import { Module } from '@nestjs/common';
import { AnalysesStore } from './analyses.store';

@Module({ providers: [AnalysesStore], exports: [AnalysesStore] })
export class AnalysesStoreModule {}
