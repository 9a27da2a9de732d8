import { Module } from '@nestjs/common';
import { RenderingModule } from '../rendering/rendering.module';
import { ReportsModule } from '../reports/reports.module';
import { RevisionsModule } from '../revisions/revisions.module';
import { DueRenders } from './due-renders';
import { HoldsHandlers } from './holds.handlers';
import { HoldsService } from './holds.service';
import { NamedClusters } from './named-clusters';
import { RemovalConfirmations } from './removal-confirmations';

/** Configurations that stay as they are until somebody says otherwise. */
@Module({
  imports: [RenderingModule, ReportsModule, RevisionsModule],
  controllers: [HoldsHandlers],
  providers: [DueRenders, HoldsService, NamedClusters, RemovalConfirmations],
  exports: [NamedClusters],
})
export class HoldsModule {}
