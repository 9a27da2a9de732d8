import { Module } from '@nestjs/common';
import { ConfigMetrics } from './config-metrics';

/** What this service counts. */
@Module({ providers: [ConfigMetrics], exports: [ConfigMetrics] })
export class ConfigMetricsModule {}
