import { Module } from '@nestjs/common';
import { RenderingModule } from '../rendering/rendering.module';
import { RevisionsModule } from '../revisions/revisions.module';
import { DueRenders } from './due-renders';
import { HoldsHandlers } from './holds.handlers';
import { HoldsService } from './holds.service';
import { NamedClusters } from './named-clusters';

/** Configurations that stay as they are until somebody says otherwise. */
@Module({
  imports: [RenderingModule, RevisionsModule],
  controllers: [HoldsHandlers],
  providers: [DueRenders, HoldsService, NamedClusters],
  exports: [NamedClusters],
})
export class HoldsModule {}
