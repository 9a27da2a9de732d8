import {
  getCluster,
  resolveTargets,
  ServiceError,
  type RuleTarget,
  type RuleValidationInput,
} from '@alertagent/contracts';
import { Bus } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';

/** More would take too long. */
const MOST_CLUSTERS = 5;

/** A cluster, and where PromQL is asked about it. */
export interface LookedAtCluster {
  id: string;
  name: string;
  queryUrl: string | null;
}

/** Finds the clusters on whose data rules are to be looked at. */
@Injectable()
export class LookedAtClusters {
  constructor(private readonly bus: Bus) {}

  /** None when nobody wants it. Errors: `invalid` for a cluster that is not there; those of the bus. */
  async of({ cluster_id, live, rule }: RuleValidationInput): Promise<LookedAtCluster[]> {
    const ids = new Set<string>();
    if (cluster_id) ids.add(cluster_id);
    if (live) for (const id of await this.targetsOf(rule)) ids.add(id);
    return Promise.all([...ids].slice(0, MOST_CLUSTERS).map((id) => this.find(id)));
  }

  private async targetsOf(rule: object | null | undefined): Promise<string[]> {
    const { targets } = (rule ?? {}) as { targets?: unknown };
    if (!Array.isArray(targets) || targets.length === 0) return [];
    const { clusters } = await this.bus.request(resolveTargets, { targets: targets as RuleTarget[] });
    return clusters.map(({ id }) => id);
  }

  private async find(id: string): Promise<LookedAtCluster> {
    try {
      const { id: found, name, query_url } = await this.bus.request(getCluster, { id });
      return { id: found, name, queryUrl: query_url ?? null };
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== 'not_found') throw error;
      const problem = { pointer: '/cluster_id', code: 'unknown_cluster', detail: 'no cluster has this id or name' };
      throw new ServiceError('invalid', `/cluster_id: ${problem.detail}`, { errors: [problem], cause: error });
    }
  }
}
