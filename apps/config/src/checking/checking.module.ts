import { Module } from '@nestjs/common';
import { ConfigMetricsModule } from '../config-metrics.module';
import { FileChecker } from './file-checker';

/** promtool and amtool. */
@Module({ imports: [ConfigMetricsModule], providers: [FileChecker], exports: [FileChecker] })
export class CheckingModule {}
