import { Module } from '@nestjs/common';
import { RuleGroupsModule } from '../rule-groups/rule-groups.module';
import { RulesModule } from '../rules/rules.module';
import { SourcesModule } from '../sources/sources.module';
import { GroupImport } from './group-import';
import { GroupSettings } from './group-settings';
import { ImportRecords } from './import-records';
import { OwnRules } from './own-rules';
import { RuleImportLeases } from './rule-import-leases';
import { RuleImportOrders } from './rule-import-orders';
import { RuleImportReader } from './rule-import-reader';
import { RuleImportRun } from './rule-import-run';
import { RuleImportWorker } from './rule-import-worker';
import { RuleImportsHandlers } from './rule-imports.handlers';
import { RuleImportsStore } from './rule-imports.store';
import { RuleWriter } from './rule-writer';

/** Rules that come from files, resources and running Prometheus servers. */
@Module({
  imports: [RulesModule, RuleGroupsModule, SourcesModule],
  controllers: [RuleImportsHandlers],
  providers: [
    GroupImport,
    GroupSettings,
    ImportRecords,
    OwnRules,
    RuleImportLeases,
    RuleImportOrders,
    RuleImportReader,
    RuleImportRun,
    RuleImportWorker,
    RuleImportsStore,
    RuleWriter,
  ],
})
export class RuleImportsModule {}
