import { ServiceError, type RuleTarget } from '@alertagent/contracts';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { KnownCluster } from '../clusters/known-cluster';
import { KnownClustersStore } from '../clusters/known-clusters.store';
import type { DecidedChange } from '../rules/rule-changes';
import { ruleContent, type UnplacedContent } from '../rules/rule-content';
import { RuleDecisions } from '../rules/rule-decisions';
import { ruleInputOf, ruleView } from '../rules/rule-view';
import type { StoredRule } from '../rules/stored-rule';
import type { StoredBatch } from './rule-batch.entity';

/** What a batch means for its rules. */
@Injectable()
export class BatchOperations {
  constructor(
    private readonly decisions: RuleDecisions,
    private readonly clusters: KnownClustersStore,
    private readonly clock: Clock,
  ) {}

  /** Different rules; called under the targeting lock. Errors: ServiceError `not_found`, `invalid`, `conflict`. */
  async decide(
    tx: EntityManager,
    batch: StoredBatch,
    rules: readonly (StoredRule | undefined)[],
  ): Promise<DecidedChange[]> {
    const named = rules.flatMap((rule) => rule?.pinnedClusters ?? []);
    const clusters = await this.clusters.byIds(tx, [...new Set(named)]);
    const decided: DecidedChange[] = [];
    for (const rule of rules) decided.push(await this.decideOne(tx, batch, { rule, clusters }));
    return decided;
  }

  private async decideOne(
    tx: EntityManager,
    batch: StoredBatch,
    { rule, clusters }: { rule: StoredRule | undefined; clusters: ReadonlyMap<string, KnownCluster> },
  ): Promise<DecidedChange> {
    if (!rule || rule.deletedAt) throw new ServiceError('not_found', 'there is no such rule');
    const now = this.clock.now();
    if (batch.operation === 'delete') return this.decisions.remove(rule, now);
    const { id, version, createdAt, duplicateNo } = rule;
    return this.decisions.write(tx, {
      before: rule,
      identity: { id, version: version + 1, createdAt, updatedAt: now, duplicateNo },
      content: contentAfter(batch, rule),
      resolved: {
        pinned: pinnedAfter(batch, rule, clusters),
        selected: new Map(),
        overrides: rule.overrides,
      },
    });
  }
}

function pinnedAfter(
  { operation, terms }: StoredBatch,
  rule: StoredRule,
  clusters: ReadonlyMap<string, KnownCluster>,
): Map<string, string> {
  const given = new Map(Object.entries(terms.pinned));
  if (operation === 'retarget') return given;
  const own = rule.pinnedClusters.map((id): [string, string] => [id, clusters.get(id)?.name ?? id]);
  return new Map([...own, ...(operation === 'distribute' ? given : [])]);
}

function contentAfter({ operation, terms, actor }: StoredBatch, rule: StoredRule): UnplacedContent {
  const content = contentOf(rule);
  switch (operation) {
    case 'enable':
      return { ...content, enabled: true };
    case 'disable':
      return { ...content, enabled: false };
    case 'retarget':
      return { ...content, targets: terms.targets ?? [] };
    case 'distribute':
      return { ...content, targets: union(rule.targets, terms.targets ?? []) };
    case 'relabel':
      return ruleContent(
        ruleInputOf(ruleView(relabelled(rule, terms.setLabels ?? {}, terms.removeLabels ?? []))),
        actor,
      );
    case 'delete':
      return content;
  }
}

/** Without what is kept about a rule besides its content. */
function contentOf(rule: StoredRule): UnplacedContent {
  const { id: _id, version: _version, duplicateNo: _no, createdAt: _c, updatedAt: _u, deletedAt: _d, ...rest } = rule;
  const {
    nameKey: _key,
    nameFolded: _folded,
    searchText: _text,
    pinnedClusters: _pinned,
    hasSelectors: _has,
    ...content
  } = rest;
  return content;
}

function relabelled(rule: StoredRule, set: Record<string, string>, remove: readonly string[]): StoredRule {
  const { severity, ...others } = set;
  const labels = Object.fromEntries(
    Object.entries({ ...rule.labels, ...others }).filter(([name]) => !remove.includes(name)),
  );
  return { ...rule, labels, severity: remove.includes('severity') ? null : (severity ?? rule.severity) };
}

function union(own: readonly RuleTarget[], more: readonly RuleTarget[]): RuleTarget[] {
  const known = new Set(own.map((target) => JSON.stringify(target)));
  return [...own, ...more.filter((target) => !known.has(JSON.stringify(target)))];
}
