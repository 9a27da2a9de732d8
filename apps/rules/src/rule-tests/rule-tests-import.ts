import type { ImportedRuleTests, ImportRuleTests, RuleTestsView } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { TargetingTransactions } from '../distributions/targeting-transactions';
import { RulesStore } from '../rules/rules.store';
import { fileIn, RuleTestsService } from './rule-tests.service';

/** Rules that one group may have here. */
const MOST_OF_GROUP = 200;
const MOST_RULES = 50;

/** Takes over test files that exist already. */
@Injectable()
export class RuleTestsImport {
  constructor(
    private readonly transactions: TargetingTransactions,
    private readonly rules: RulesStore,
    private readonly tests: RuleTestsService,
  ) {}

  /**
   * Stores the file with each rule that its tests name, to be run together with the other rules of their groups, in which the series
   * that they need are recorded. All or nothing. Errors: `invalid`.
   */
  run({ file: { content, group }, actor }: ImportRuleTests): Promise<ImportedRuleTests> {
    const file = fileIn(content);
    return this.transactions.run(async (tx) => {
      const named = await this.rules.named(tx, file.alertNames, { group: group ?? null, limit: MOST_RULES });
      const groups = [...new Set(named.map((rule) => rule.group))];
      const together = await this.rules.ofGroups(tx, groups, MOST_OF_GROUP);
      const items: RuleTestsView[] = [];
      for (const { id } of named)
        items.push(await this.tests.putWithin(tx, id, { content, with: together.map((rule) => rule.id), file, actor }));
      const found = new Set(named.map(({ name }) => name));
      return { items, missing: file.alertNames.filter((name) => !found.has(name)) };
    });
  }
}
