import { Module } from '@nestjs/common';
import { CheckingModule } from '../checking/checking.module';
import { ConfigMetricsModule } from '../config-metrics.module';
import { RevisionsModule } from '../revisions/revisions.module';
import { ServingModule } from '../serving/serving.module';
import { SigningModule } from '../signing/signing.module';
import { ClusterRetirement } from './cluster-retirement';
import { DesiredFiles } from './desired-file';
import { RenderQueue } from './render-queue';
import { PreparedFiles } from './prepared-file';
import { Renderer } from './renderer';
import { RenderingHandlers } from './rendering.handlers';
import { RevisionWriter } from './revision-writer';

/** From "something about this cluster changed" to a signed revision. */
@Module({
  imports: [CheckingModule, ConfigMetricsModule, RevisionsModule, ServingModule, SigningModule],
  controllers: [RenderingHandlers],
  providers: [ClusterRetirement, DesiredFiles, PreparedFiles, Renderer, RenderQueue, RevisionWriter],
  exports: [PreparedFiles, RenderQueue, RevisionWriter],
})
export class RenderingModule {}
