import { Module } from '@nestjs/common';
import { PromqlSource } from './promql-source';
import { SourceSeries } from './source-series';

/** Where PromQL is asked. */
@Module({ providers: [PromqlSource, SourceSeries], exports: [PromqlSource, SourceSeries] })
export class SourcesModule {}
