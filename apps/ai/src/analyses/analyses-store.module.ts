import { Module } from '@nestjs/common';
import { LanesModule } from '../lanes/lanes.module';
import { AnalysesStore } from './analyses.store';

@Module({ imports: [LanesModule], providers: [AnalysesStore], exports: [AnalysesStore] })
export class AnalysesStoreModule {}
