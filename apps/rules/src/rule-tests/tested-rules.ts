import { renderedGroupName, renderTestedRules, type TestedRule } from '@alertagent/alerting';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { formerVersion } from '../rules/former-version';
import { NOWHERE, ruleOnCluster } from '../rules/rule-on-cluster';
import type { StoredRule } from '../rules/stored-rule';
import { RulesStore } from '../rules/rules.store';
import type { StoredRuleTests } from './rule-tests.entity';

/** The rules that tests are run on, as a rule file: with their parameters, and without what is different on some clusters. */
@Injectable()
export class TestedRules {
  constructor(private readonly rules: RulesStore) {}

  /** The rule at a version, and those that it is tested with as they are now; deleted ones are left out. Null when there is no such version. */
  async fileFor(manager: EntityManager, tests: StoredRuleTests, version: number): Promise<string | null> {
    const own = await this.rules.find(manager, tests.ruleId);
    const row = await this.rules.version(manager, tests.ruleId, version);
    if (!own || !row) return null;
    const others = [...(await this.rules.byIds(manager, tests.with)).values()];
    const together = others.filter(({ id, deletedAt }) => id !== own.id && !deletedAt);
    // Rules of a group see what those before them recorded.
    const ordered = [formerVersion(own, row.rule), ...together].sort((a, b) => a.position - b.position);
    return renderTestedRules(ordered.map(testedRule));
  }
}

function testedRule(stored: StoredRule): TestedRule {
  const { rule } = ruleOnCluster(stored, NOWHERE);
  return {
    kind: rule.kind ?? 'alerting',
    name: rule.name,
    group: renderedGroupName(rule.namespace ?? '', rule.group),
    expression: rule.expression,
    duration: rule.duration ?? null,
    keepFiringFor: rule.keep_firing_for ?? null,
    labels: { ...rule.labels, ...(rule.severity ? { severity: rule.severity } : {}) },
    annotations: rule.annotations,
  };
}
