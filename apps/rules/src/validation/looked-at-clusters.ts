import type { RuleSubject, ToValidate, ValidationOptions } from '@alertagent/alerting';
import {
  getCluster,
  resolveTargets,
  ServiceError,
  type LiveNotAsked,
  type RuleTarget,
  type RuleValidationInput,
} from '@alertagent/contracts';
import { Bus } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { rulesOnTarget, type TargetSite } from './rule-on-target';

/** More would take too long. */
const MOST_CLUSTERS = 5;
/** Targets whose overrides are read to find those that load the rule. */
const MOST_CONSIDERED = 50;

const REASONS: Readonly<Record<LiveNotAsked['reason'], string>> = {
  too_many: `at most ${MOST_CLUSTERS} clusters are asked`,
  disabled: 'an override withdraws the rule there',
  refused: 'Prometheus would refuse the rule as it is there',
  unknown: 'no cluster has this id or name',
};

/** A cluster, where PromQL is asked about it, and what it would load. */
export interface LookedAtCluster extends TargetSite {
  queryUrl: string | null;
  subjects: RuleSubject[];
}

/** The clusters to ask, and how many of those that were wanted are not. */
export interface LookedAt {
  clusters: LookedAtCluster[];
  notAsked: LiveNotAsked[];
}

type Found = Omit<LookedAtCluster, 'subjects'>;

/** Finds the clusters on whose data rules are to be looked at, each with the rules as they are there. */
@Injectable()
export class LookedAtClusters {
  constructor(private readonly bus: Bus) {}

  /** None when nobody wants it. Errors: `invalid` for a named cluster that is not there; those of the bus. */
  async of(
    { cluster_id, live, rule }: RuleValidationInput,
    subject: ToValidate,
    grammar: ValidationOptions['grammar'],
  ): Promise<LookedAt> {
    const clusters: LookedAtCluster[] = [];
    const left = new Map<LiveNotAsked['reason'], number>();
    const leave = (reason: LiveNotAsked['reason'], count = 1): void => {
      if (count > 0) left.set(reason, (left.get(reason) ?? 0) + count);
    };
    const take = (found: Found, isNamed: boolean): void => {
      const { subjects, nothing } = rulesOnTarget(subject, found, grammar);
      // Whoever names a cluster wants to know about it, withdrawn there or not.
      if (nothing === 'refused' || (nothing === 'disabled' && !isNamed)) leave(nothing);
      else if (clusters.length >= MOST_CLUSTERS) leave('too_many');
      else clusters.push({ ...found, subjects });
    };

    const named = cluster_id ? await this.named(cluster_id) : null;
    if (named) take(named, true);
    const { ids, unknown } = live ? await this.targetsOf(rule) : { ids: [], unknown: 0 };
    leave('unknown', unknown);
    const others = ids.filter((id) => id !== named?.id);
    let considered = 0;
    while (considered < Math.min(others.length, MOST_CONSIDERED) && clusters.length < MOST_CLUSTERS) {
      const turn = others.slice(considered, considered + MOST_CLUSTERS);
      considered += turn.length;
      for (const found of await Promise.all(turn.map((id) => this.find(id)))) {
        if (found) take(found, false);
        else leave('unknown');
      }
    }
    leave('too_many', others.length - considered);
    const notAsked = [...left].map(([reason, count]) => ({ reason, clusters: count, message: REASONS[reason] }));
    return { clusters, notAsked };
  }

  private async targetsOf(rule: object | null | undefined): Promise<{ ids: string[]; unknown: number }> {
    const { targets } = (rule ?? {}) as { targets?: unknown };
    if (!Array.isArray(targets) || targets.length === 0) return { ids: [], unknown: 0 };
    const { clusters, unknown } = await this.bus.request(resolveTargets, { targets: targets as RuleTarget[] });
    return { ids: [...new Set(clusters.map(({ id }) => id))], unknown: unknown.length };
  }

  private async named(id: string): Promise<Found> {
    const found = await this.find(id);
    if (found) return found;
    const problem = { pointer: '/cluster_id', code: 'unknown_cluster', detail: 'no cluster has this id or name' };
    throw new ServiceError('invalid', `/cluster_id: ${problem.detail}`, { errors: [problem] });
  }

  /** Null when there is no such cluster, or none any more. */
  private async find(wanted: string): Promise<Found | null> {
    try {
      const { id, name, labels, query_url } = await this.bus.request(getCluster, { id: wanted });
      return { id, name, labels, queryUrl: query_url ?? null };
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'not_found') return null;
      throw error;
    }
  }
}
