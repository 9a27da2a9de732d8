import { effectiveRule } from '@alertagent/alerting';
import { Injectable } from '@nestjs/common';
import { definitionOf } from '../rules/rule-content';
import type { StoredRule } from '../rules/stored-rule';
import { SecondJudge } from './second-judge';

/** Puts rules that were saved before promtool, as they are by themselves and with each of their overrides. */
@Injectable()
export class SavedRules {
  constructor(private readonly judge: SecondJudge) {}

  /** Called after commit. Neither waits nor throws. */
  consider(saved: readonly StoredRule[]): void {
    if (this.judge.version === null) return;
    for (const rule of saved) {
      if (rule.deletedAt) continue;
      const definition = definitionOf(rule);
      for (const applied of [[], ...rule.overrides.map((terms, index) => [{ source: `/overrides/${index}`, terms }])])
        this.judge.consider({
          subject: { rule: { ...effectiveRule(definition, applied).rule, parameters: undefined } },
          source: 'saved',
          ruleId: rule.id,
          ruleVersion: rule.version,
        });
    }
  }
}
