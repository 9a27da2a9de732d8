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
import { KnownClustersStore } from '../clusters/known-clusters.store';

/** What the clusters service answered for a rule's targets. */
export interface ResolvedRuleTargets {
  /** Clusters named one by one. */
  pinned: Map<string, string>;
  /** Clusters some selector matches. Id → name, like `pinned`. */
  selected: Map<string, string>;
}

const isSelector = (target: RuleTarget): target is Exclude<RuleTarget, string> => typeof target !== 'string';

/** Whether some target is a selector, so that clusters may come and go without the rule being touched. */
export const hasSelectors = (targets: readonly RuleTarget[]): boolean => targets.some(isSelector);

/** Whether some selector among the targets matches a cluster with these labels. */
export function selects(targets: readonly RuleTarget[], labels: Record<string, string>): boolean {
  return targets
    .filter(isSelector)
    .some((target) => Object.entries(target.labels).every(([name, value]) => labels[name] === value));
}

/** Turns a rule's targets into clusters. */
@Injectable()
export class RuleTargets {
  constructor(
    private readonly bus: Bus,
    private readonly clusters: KnownClustersStore,
  ) {}

  /** Asks the clusters service. Errors: `invalid` naming each target that no cluster has; `unavailable`, `deadline`. */
  async resolve(targets: readonly RuleTarget[]): Promise<ResolvedRuleTargets> {
    const names = targets.filter((target) => typeof target === 'string');
    const selectors = targets.filter(isSelector);
    const [named, selected] = await Promise.all([this.ask(names), this.ask(selectors)]);
    const unknown = new Set(named.unknown);
    const problems = targets.flatMap((target, index): FieldProblem[] =>
      typeof target === 'string' && unknown.has(target)
        ? [{ pointer: `/targets/${index}`, code: 'unknown_cluster', detail: 'no cluster has this id or name' }]
        : [],
    );
    if (problems.length > 0) throw unknownTargets(problems);
    return { pinned: named.clusters, selected: selected.clusters };
  }

  /**
   * The clusters to place the rule on. Called inside the transaction that saves it, under the targeting lock: a cluster
   * that came, changed or went since the question was asked is taken as this service knows it by now. Errors: `conflict`
   * when a cluster named one by one was retired meanwhile.
   */
  async current(
    tx: EntityManager,
    targets: readonly RuleTarget[],
    resolved: ResolvedRuleTargets,
  ): Promise<ClusterRef[]> {
    const wanted = new Map([...resolved.selected, ...resolved.pinned]);
    for (const cluster of await this.clusters.active(tx)) {
      if (selects(targets, cluster.labels)) wanted.set(cluster.clusterId, cluster.name);
      else if (cluster.version > 0 && !resolved.pinned.has(cluster.clusterId)) wanted.delete(cluster.clusterId);
    }
    for (const { clusterId, name, closedAt, retiredAt } of (
      await this.clusters.byIds(tx, [...wanted.keys()])
    ).values()) {
      if (!closedAt && !retiredAt) continue;
      if (resolved.pinned.has(clusterId))
        throw new ServiceError('conflict', `the cluster ${name} takes no rules any more`);
      wanted.delete(clusterId);
    }
    return [...wanted].map(([id, name]) => ({ id, name }));
  }

  private async ask(targets: RuleTarget[]): Promise<{ clusters: Map<string, string>; unknown: string[] }> {
    if (targets.length === 0) return { clusters: new Map(), unknown: [] };
    const answer = await this.bus.request(resolveTargets, { targets });
    return { clusters: new Map(answer.clusters.map(({ id, name }) => [id, name])), unknown: answer.unknown };
  }
}

function unknownTargets(problems: FieldProblem[]): ServiceError {
  return new ServiceError('invalid', `${problems[0]?.pointer}: ${problems[0]?.detail}`, {
    errors: problems.slice(0, 100),
  });
}
