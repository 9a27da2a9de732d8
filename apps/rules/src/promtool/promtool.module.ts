import { Module } from '@nestjs/common';
import { Promtool } from './promtool';

/** The real promtool. */
@Module({ providers: [Promtool], exports: [Promtool] })
export class PromtoolModule {}
