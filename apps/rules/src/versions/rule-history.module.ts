import { Module } from '@nestjs/common';
import { RulesStoreModule } from '../rules/rules-store.module';
import { RuleHistory } from './rule-history';
import { VersionNotesStore } from './version-notes.store';

@Module({
  imports: [RulesStoreModule],
  providers: [RuleHistory, VersionNotesStore],
  exports: [RuleHistory, VersionNotesStore],
})
export class RuleHistoryModule {}
