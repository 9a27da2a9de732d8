import { Module } from '@nestjs/common';
import { HoldsModule } from '../holds/holds.module';
import { RenderingModule } from '../rendering/rendering.module';
import { ReportsModule } from '../reports/reports.module';
import { RevisionsModule } from '../revisions/revisions.module';
import { ServingModule } from '../serving/serving.module';
import { ClusterPublisher } from './cluster-publisher';
import { ReturnProofs } from './return-proofs';
import { Returns } from './returns';
import { RollbackOrders } from './rollback-orders';
import { RolloutChanges } from './rollout-changes';
import { RolloutFigures } from './rollout-figures';
import { RolloutLoop } from './rollout-loop';
import { RolloutOpening } from './rollout-opening';
import { RolloutRunner } from './rollout-runner';
import { RolloutSight } from './rollout-sight';
import { RolloutsHandlers } from './rollouts.handlers';
import { RolloutMetrics } from './rollouts.metrics';
import { RolloutsService } from './rollouts.service';
import { RolloutsStore } from './rollouts.store';
import { Staging } from './staging';
import { WayBack } from './way-back';

/** Changes in waves, and the way back. */
@Module({
  imports: [HoldsModule, RenderingModule, ReportsModule, RevisionsModule, ServingModule],
  controllers: [RolloutsHandlers],
  providers: [
    ClusterPublisher,
    ReturnProofs,
    Returns,
    RollbackOrders,
    RolloutChanges,
    RolloutFigures,
    RolloutLoop,
    RolloutMetrics,
    RolloutOpening,
    RolloutRunner,
    RolloutSight,
    RolloutsService,
    RolloutsStore,
    Staging,
    WayBack,
  ],
})
export class RolloutsModule {}
