import {
  resolveTargets,
  ServiceError,
  type ClusterRef,
  type FieldProblem,
  type RuleTarget,
} from '@alertagent/contracts';
import { Bus } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { KnownCluster } from '../clusters/known-cluster';
import { KnownClustersStore } from '../clusters/known-clusters.store';
import type { PinnedOverride, RuleContent } from './rule-content';
import { ruleOnCluster, type RuleSite } from './rule-on-cluster';
import type { StoredRule } from './stored-rule';

/** What the clusters service answered for a rule's targets. */
export interface ResolvedRuleTargets {
  /** Clusters named one by one. */
  pinned: Map<string, string>;
  /** Clusters some selector matches. Id → name, like `pinned`. */
  selected: Map<string, string>;
  /** The rule's overrides, each with the cluster it names. */
  overrides: PinnedOverride[];
}

/** A rule, and which clusters its targets were when they were asked for. */
export interface TargetedRule {
  rule: StoredRule;
  resolved: Pick<ResolvedRuleTargets, 'pinned' | 'selected'>;
}

type Targeted = Pick<RuleContent, 'targets' | 'overrides'>;

const isSelector = (target: RuleTarget): target is Exclude<RuleTarget, string> => typeof target !== 'string';

/** Whether clusters may come, go and change without the rule being touched, because a target or an override is a selector. */
export const hasSelectors = ({ targets, overrides }: Targeted): boolean =>
  targets.some(isSelector) || overrides.some(({ target }) => isSelector(target));

/** Whether some selector among the targets matches a cluster with these labels. */
export function selects(targets: readonly RuleTarget[], labels: Record<string, string>): boolean {
  return targets
    .filter(isSelector)
    .some((target) => Object.entries(target.labels).every(([name, value]) => labels[name] === value));
}

/** Whether the rule is meant to run on the cluster, by its targets, whether it is enabled, and its overrides. */
export function isMeantFor(rule: StoredRule, site: RuleSite): boolean {
  const isTarget = rule.pinnedClusters.includes(site.clusterId) || selects(rule.targets, site.labels);
  return isTarget && ruleOnCluster(rule, site).enabled;
}

/** Turns a rule's targets into clusters. */
@Injectable()
export class RuleTargets {
  constructor(
    private readonly bus: Bus,
    private readonly clusters: KnownClustersStore,
  ) {}

  /** Asks the clusters service. Errors: `invalid` naming each target that no cluster has; `unavailable`, `deadline`. */
  async resolve({ targets, overrides }: Targeted): Promise<ResolvedRuleTargets> {
    const names = targets.filter((target) => typeof target === 'string');
    const inOverrides = overrides.map(({ target }) => target).filter((target) => typeof target === 'string');
    const [named, selected] = await Promise.all([
      this.ask([...new Set([...names, ...inOverrides])]),
      this.ask(targets.filter(isSelector)),
    ]);
    const unknown = new Set(named.unknown);
    const problemsIn = (list: readonly RuleTarget[], pointer: (index: number) => string): FieldProblem[] =>
      list.flatMap((target, index): FieldProblem[] =>
        typeof target === 'string' && unknown.has(target)
          ? [{ pointer: pointer(index), code: 'unknown_cluster', detail: 'no cluster has this id or name' }]
          : [],
      );
    const problems = [
      ...problemsIn(targets, (index) => `/targets/${index}`),
      ...problemsIn(
        overrides.map(({ target }) => target),
        (index) => `/overrides/${index}/target`,
      ),
    ];
    if (problems.length > 0) throw unknownTargets(problems);
    const isNamed = new Set(names);
    const pinned = new Map([...named.clusters].filter(([id, name]) => isNamed.has(id) || isNamed.has(name)));
    const idOf = (target: RuleTarget): string | undefined =>
      typeof target !== 'string'
        ? undefined
        : named.clusters.has(target)
          ? target
          : [...named.clusters].find(([, name]) => name === target)?.[0];
    const withIds = overrides.map((override): PinnedOverride => {
      const clusterId = idOf(override.target);
      return clusterId === undefined ? override : { ...override, clusterId };
    });
    return { pinned, selected: selected.clusters, overrides: withIds };
  }

  /**
   * The clusters to place rules on, in the order of the rules. Called inside the transaction that saves them, under the targeting lock: a
   * cluster that came, changed or went since the question was asked is taken as this service knows it by now. Errors: `conflict`
   * when a cluster named one by one was retired meanwhile.
   */
  async current(tx: EntityManager, targeted: readonly TargetedRule[]): Promise<ClusterRef[][]> {
    if (targeted.length === 0) return [];
    const active = await this.clusters.active(tx);
    const wanted = targeted.map(({ rule, resolved }) => {
      const clusters = new Map([...resolved.selected, ...resolved.pinned]);
      for (const cluster of active) {
        if (selects(rule.targets, cluster.labels)) clusters.set(cluster.clusterId, cluster.name);
        else if (cluster.version > 0 && !resolved.pinned.has(cluster.clusterId)) clusters.delete(cluster.clusterId);
      }
      return clusters;
    });
    const known = await this.clusters.byIds(tx, [...new Set(wanted.flatMap((clusters) => [...clusters.keys()]))]);
    return targeted.map((each, index) => open(each, wanted[index]!, known));
  }

  private async ask(targets: RuleTarget[]): Promise<{ clusters: Map<string, string>; unknown: string[] }> {
    if (targets.length === 0) return { clusters: new Map(), unknown: [] };
    const answer = await this.bus.request(resolveTargets, { targets });
    return { clusters: new Map(answer.clusters.map(({ id, name }) => [id, name])), unknown: answer.unknown };
  }
}

/** Those of the wanted clusters that take the rule. */
function open(
  { rule, resolved }: TargetedRule,
  wanted: ReadonlyMap<string, string>,
  known: ReadonlyMap<string, KnownCluster>,
): ClusterRef[] {
  return [...wanted].flatMap(([id, name]): ClusterRef[] => {
    const cluster = known.get(id);
    if (cluster?.closedAt || cluster?.retiredAt) {
      if (!resolved.pinned.has(id)) return [];
      throw new ServiceError('conflict', `the cluster ${cluster.name} takes no rules any more`);
    }
    return ruleOnCluster(rule, { clusterId: id, labels: cluster?.labels ?? {} }).enabled ? [{ id, name }] : [];
  });
}

function unknownTargets(problems: FieldProblem[]): ServiceError {
  return new ServiceError('invalid', `${problems[0]?.pointer}: ${problems[0]?.detail}`, {
    errors: problems.slice(0, 100),
  });
}
