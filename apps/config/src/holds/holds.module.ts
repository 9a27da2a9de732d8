import { Module } from '@nestjs/common';
import { RenderingModule } from '../rendering/rendering.module';
import { DueRenders } from './due-renders';
import { HoldsHandlers } from './holds.handlers';
import { HoldsService } from './holds.service';
import { HoldsStore } from './holds.store';
import { NamedClusters } from './named-clusters';

/** Configurations that stay as they are until somebody says otherwise. */
@Module({
  imports: [RenderingModule],
  controllers: [HoldsHandlers],
  providers: [DueRenders, HoldsService, HoldsStore, NamedClusters],
  exports: [HoldsStore, NamedClusters],
})
export class HoldsModule {}
