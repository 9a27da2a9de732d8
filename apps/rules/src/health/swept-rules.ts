import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { HeldRules } from '../approvals/held-rules';
import { KnownClustersStore } from '../clusters/known-clusters.store';
import { ruleOnCluster, type RuleSite } from '../rules/rule-on-cluster';
import type { StoredRule } from '../rules/stored-rule';
import { RuleReadings, type RuleReading } from './rule-readings';

/** A rule as it should run on a cluster, overrides and all, and what its text says. */
export interface SweptRule {
  rule: StoredRule;
  reading: RuleReading;
}

/** The rules that a sweep looks at. */
@Injectable()
export class SweptRules {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rules: HeldRules,
    private readonly clusters: KnownClustersStore,
    private readonly readings: RuleReadings,
  ) {}

  async of(clusterId: string): Promise<SweptRule[]> {
    const { manager } = this.dataSource;
    const placed = await this.rules.placedOn(manager, clusterId);
    const known = await this.clusters.byIds(manager, [clusterId]);
    const site = { clusterId, labels: known.get(clusterId)?.labels ?? {} };
    const rules = placed.map((rule) => asItRuns(rule, site));
    const readings = await this.readings.of(rules);
    return rules.map((rule) => ({ rule, reading: readings.get(rule.id)! }));
  }

  endSweep(): void {
    this.readings.endSweep();
  }
}

function asItRuns(stored: StoredRule, site: RuleSite): StoredRule {
  const { expression, duration, keep_firing_for, severity, labels, annotations } = ruleOnCluster(stored, site).rule;
  const own = { duration: duration ?? null, keepFiringFor: keep_firing_for ?? null, severity: severity ?? null };
  return { ...stored, ...own, expression, labels, annotations };
}
