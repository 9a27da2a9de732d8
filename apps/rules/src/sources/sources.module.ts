import { Module } from '@nestjs/common';
import { PromqlSource } from './promql-source';

/** Where PromQL is asked. */
@Module({ providers: [PromqlSource], exports: [PromqlSource] })
export class SourcesModule {}
