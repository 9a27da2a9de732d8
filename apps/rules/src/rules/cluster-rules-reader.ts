import { renderedGroupName, type GatedGroup } from '@alertagent/alerting';
import type { ClusterRule, ClusterRuleGroup, ClusterRules, RuleOnCluster } from '@alertagent/contracts';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { HeldRules } from '../approvals/held-rules';
import type { ClusterMember } from '../clusters/cluster-member';
import type { KnownCluster } from '../clusters/known-cluster';
import { KnownClustersStore } from '../clusters/known-clusters.store';
import { DistributionsStore } from '../distributions/distributions.store';
import type { StoredRuleGroup } from '../rule-groups/stored-rule-group';
import { RuleGroupsStore } from '../rule-groups/rule-groups.store';
import { formerVersion } from './former-version';
import { gateReason, ruleOnCluster, type RuleSite } from './rule-on-cluster';
import { isMeantFor } from './rule-targets';
import type { StoredRule } from './stored-rule';

/** How many versions are looked through for one that an old Prometheus can load. */
const FORMER_VERSIONS = 20;

/** A group as it is rendered, and as far as its settings decide who can load it. */
type GroupSettings = ClusterRuleGroup & GatedGroup;
type Loader = Parameters<typeof gateReason>[2][number];

/** Tells what clusters make of rules: with their overrides, and as far as their Prometheus can load them. */
@Injectable()
export class ClusterRulesReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rules: HeldRules,
    private readonly groups: RuleGroupsStore,
    private readonly clusters: KnownClustersStore,
    private readonly distributions: DistributionsStore,
    private readonly clock: Clock,
  ) {}

  /**
   * Everything a cluster should run now; nothing for a cluster that no rule was placed on. Of a rule that a member could not load
   * there is the newest former version that all can; without one it is left out, and may vanish.
   */
  async all(clusterId: string): Promise<ClusterRules> {
    const { manager } = this.dataSource;
    const placed = await this.rules.placedOn(manager, clusterId);
    // Asked second: a rule withdrawn between the two is in both lists, never in neither, where it would seem lost.
    const withdrawn = await this.distributions.withdrawnRuleIds(manager, clusterId);
    const labels = (await this.clusters.byIds(manager, [clusterId])).get(clusterId)?.labels ?? {};
    const loaders = await this.loaders(manager, clusterId);
    const settings = new Map<string, GroupSettings>(
      (await this.groups.withSettings(manager)).map((group) => [
        renderedGroupName(group.namespace, group.name),
        clusterGroup(group),
      ]),
    );
    const rules: ClusterRule[] = [];
    const refused: string[] = [];
    for (const stored of placed) {
      const loadable = await this.loadable(stored, { clusterId, labels }, loaders, settings);
      if (loadable) rules.push(loadable);
      else refused.push(stored.id);
    }
    const used = new Set(rules.map(({ namespace, group }) => renderedGroupName(namespace, group)));
    return {
      cluster_id: clusterId,
      rules,
      groups: [...settings].filter(([name]) => used.has(name)).map(([, group]) => group),
      withdrawn_rule_ids: [...new Set([...withdrawn, ...refused])].sort(),
    };
  }

  /** What one cluster makes of one rule. */
  async one(rule: StoredRule, cluster: KnownCluster): Promise<RuleOnCluster> {
    const { manager } = this.dataSource;
    const sited = ruleOnCluster(rule, cluster);
    const group = await this.settingsOf(manager, rule);
    const gate = gateReason(sited.rule, group, await this.loaders(manager, cluster.clusterId));
    const reason = reasonNotToRun(rule, cluster, sited.enabled) ?? gate;
    return {
      rule_id: rule.id,
      cluster_id: cluster.clusterId,
      cluster_name: cluster.name,
      runs: reason === null,
      reason,
      rule: sited.rule,
      overridden: sited.overridden,
    };
  }

  /** Why the rule is kept from clusters that it was placed on, by cluster id. */
  async gatesOf(rule: StoredRule): Promise<Map<string, string>> {
    const { manager } = this.dataSource;
    const placed = (await this.distributions.ofRule(manager, rule.id)).filter(({ withdrawn }) => !withdrawn);
    const ids = placed.map(({ clusterId }) => clusterId);
    const known = await this.clusters.byIds(manager, ids);
    const members = await this.clusters.members(manager, ids, this.clock.now());
    const group = await this.settingsOf(manager, rule);
    const gates = new Map<string, string>();
    for (const clusterId of ids) {
      const site = { clusterId, labels: known.get(clusterId)?.labels ?? {} };
      const reason = gateReason(
        ruleOnCluster(rule, site).rule,
        group,
        (members.get(clusterId) ?? []).flatMap(loaderOf),
      );
      if (reason !== null) gates.set(clusterId, reason);
    }
    return gates;
  }

  private async loadable(
    stored: StoredRule,
    site: RuleSite,
    loaders: readonly Loader[],
    settings: ReadonlyMap<string, GroupSettings>,
  ): Promise<ClusterRule | null> {
    const isRefused = ({ namespace, group, ...rule }: ClusterRule): boolean =>
      gateReason(
        { namespace, group, ...rule },
        settings.get(renderedGroupName(namespace, group)) ?? NO_SETTINGS,
        loaders,
      ) !== null;
    const { rule } = ruleOnCluster(stored, site);
    if (loaders.length === 0 || !isRefused(rule)) return rule;
    const page = { before: stored.version, limit: FORMER_VERSIONS };
    for (const version of await this.rules.versions(this.dataSource.manager, stored.id, page)) {
      // Deleted or disabled by then: whatever was before is over.
      if (version.change === 'deleted' || version.rule.enabled === false) return null;
      const former = ruleOnCluster(formerVersion(stored, version.rule), site).rule;
      if (!isRefused(former)) return former;
    }
    return null;
  }

  private async settingsOf(manager: EntityManager, { namespace, group }: StoredRule): Promise<GatedGroup> {
    const known = await this.groups.named(manager, namespace, group);
    return known ? clusterGroup(known) : NO_SETTINGS;
  }

  private async loaders(manager: EntityManager, clusterId: string): Promise<Loader[]> {
    const members = await this.clusters.members(manager, [clusterId], this.clock.now());
    return (members.get(clusterId) ?? []).flatMap(loaderOf);
  }
}

const NO_SETTINGS: GatedGroup = { limit: null, query_offset: null, labels: {} };

const loaderOf = ({ name, program, programVersion: version }: ClusterMember): Loader[] =>
  program === 'prometheus' || program === 'vmalert' ? [{ name, program, version }] : [];

function reasonNotToRun(rule: StoredRule, cluster: KnownCluster, isEnabledThere: boolean): string | null {
  if (cluster.closedAt || cluster.retiredAt) return 'the cluster takes no rules';
  if (!rule.enabled) return 'the rule is disabled';
  if (!isEnabledThere) return 'an override disables it there';
  return isMeantFor(rule, cluster) ? null : 'the rule does not target the cluster';
}

const clusterGroup = ({ namespace, name, interval, limit, queryOffset, labels }: StoredRuleGroup): GroupSettings => ({
  namespace,
  name,
  interval,
  limit,
  query_offset: queryOffset,
  labels,
});
