import { Module } from '@nestjs/common';
import { ConfigMetricsModule } from '../config-metrics.module';
import { RevisionsModule } from '../revisions/revisions.module';
import { ServingModule } from '../serving/serving.module';
import { SigningModule } from '../signing/signing.module';
import { ClusterSyncs } from './cluster-syncs';
import { KeyReliance } from './key-reliance';
import { MemberChangesStore } from './member-changes.store';
import { MemberRecords } from './member-records';
import { MembersStore } from './members.store';
import { ProofsStore } from './proofs.store';
import { ReportEvidence } from './report-evidence';
import { ReportsController } from './reports.controller';
import { ReportsService } from './reports.service';
import { SyncsHandlers } from './syncs.handlers';

/** What sidecars say about the revisions they got. */
@Module({
  imports: [ConfigMetricsModule, RevisionsModule, ServingModule, SigningModule],
  controllers: [ReportsController, SyncsHandlers],
  providers: [
    ClusterSyncs,
    KeyReliance,
    MemberChangesStore,
    MemberRecords,
    MembersStore,
    ProofsStore,
    ReportEvidence,
    ReportsService,
  ],
  exports: [KeyReliance, MembersStore, ProofsStore],
})
export class ReportsModule {}
