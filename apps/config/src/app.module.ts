import { Module } from '@nestjs/common';
import { HoldsModule } from './holds/holds.module';
import { MachineAccessModule } from './machine-access/machine-access.module';
import { RenderingModule } from './rendering/rendering.module';
import { ReportsModule } from './reports/reports.module';
import { RevisionsModule } from './revisions/revisions.module';
import { RotationModule } from './rotation/rotation.module';
import { RolloutsModule } from './rollouts/rollouts.module';
import { ServingModule } from './serving/serving.module';

/** Renders each cluster's configuration, serves it to sidecars and takes their reports. */
@Module({
  imports: [
    MachineAccessModule,
    RevisionsModule,
    RenderingModule,
    ServingModule,
    ReportsModule,
    HoldsModule,
    RolloutsModule,
    RotationModule,
  ],
  exports: [MachineAccessModule],
})
export class AppModule {}
