import { Module } from '@nestjs/common';
import { ConfigMetricsModule } from '../config-metrics.module';
import { RevisionsModule } from '../revisions/revisions.module';
import { ServingModule } from '../serving/serving.module';
import { MembersStore } from './members.store';
import { ReportEvidence } from './report-evidence';
import { ReportsController } from './reports.controller';
import { ReportsService } from './reports.service';

/** What sidecars say about the revisions they got. */
@Module({
  imports: [ConfigMetricsModule, RevisionsModule, ServingModule],
  controllers: [ReportsController],
  providers: [MembersStore, ReportEvidence, ReportsService],
})
export class ReportsModule {}
