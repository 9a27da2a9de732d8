import {
  diffRuleVersions,
  getRuleVersion,
  listRuleVersions,
  restoreRuleVersion,
  type DiffRuleVersions,
  type GetRuleVersion,
  type ListRuleVersions,
  type RestoreRuleVersion,
  type RuleDiffView,
  type RuleVersionPage,
  type RuleVersionView,
  type RuleView,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { RulesService } from '../rules/rules.service';
import { VersionReader } from './version-reader';

/** Answers what a rule was, and brings it back. */
@Controller()
export class VersionsHandlers {
  constructor(
    private readonly reader: VersionReader,
    private readonly rules: RulesService,
  ) {}

  @OnRequest(listRuleVersions)
  list(query: ListRuleVersions): Promise<RuleVersionPage> {
    return this.reader.list(query);
  }

  @OnRequest(getRuleVersion)
  get(query: GetRuleVersion): Promise<RuleVersionView> {
    return this.reader.get(query);
  }

  @OnRequest(diffRuleVersions)
  diff(query: DiffRuleVersions): Promise<RuleDiffView> {
    return this.reader.diff(query);
  }

  @OnRequest(restoreRuleVersion)
  restore(query: RestoreRuleVersion): Promise<RuleView> {
    return this.rules.restoreVersion(query);
  }
}
