import { Module } from '@nestjs/common';
import { ConfigMetricsModule } from '../config-metrics.module';
import { RevisionsModule } from '../revisions/revisions.module';
import { SigningModule } from '../signing/signing.module';
import { ConfigsController } from './configs.controller';
import { HeadRefresh } from './head-refresh';
import { LongPolls } from './long-polls';
import { ServedRuleFileHandlers } from './served-rule-file.handlers';
import { Pulls } from './pulls';
import { ServedRevisions } from './served-revisions';
import { ServedRulesHandlers } from './served-rules.handlers';

/** Hands revisions out to sidecars. */
@Module({
  imports: [ConfigMetricsModule, RevisionsModule, SigningModule],
  controllers: [ConfigsController, ServedRuleFileHandlers, ServedRulesHandlers],
  providers: [HeadRefresh, LongPolls, Pulls, ServedRevisions],
  exports: [ServedRevisions],
})
export class ServingModule {}
