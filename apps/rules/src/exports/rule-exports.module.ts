import { exportRules, type ExportRules, type RuleExportPart } from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller, Module } from '@nestjs/common';
import { RuleGroupsModule } from '../rule-groups/rule-groups.module';
import { RulesModule } from '../rules/rules.module';
import { RuleExporter } from './rule-exporter';

/** What others ask about exports. */
@Controller()
export class RuleExportsHandlers {
  constructor(private readonly exporter: RuleExporter) {}

  @OnRequest(exportRules)
  export(query: ExportRules): Promise<RuleExportPart> {
    return this.exporter.part(query);
  }
}

/** Rules as files. */
@Module({ imports: [RulesModule, RuleGroupsModule], controllers: [RuleExportsHandlers], providers: [RuleExporter] })
export class RuleExportsModule {}
