import { Module } from '@nestjs/common';
import { RulesStoreModule } from '../rules/rules-store.module';
import { RulesModule } from '../rules/rules.module';
import { RuleHistoryModule } from './rule-history.module';
import { VersionReader } from './version-reader';
import { VersionsHandlers } from './versions.handlers';

@Module({
  imports: [RulesStoreModule, RulesModule, RuleHistoryModule],
  controllers: [VersionsHandlers],
  providers: [VersionReader],
})
export class VersionsModule {}
