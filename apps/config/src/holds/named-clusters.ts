import { listClusters, resolveTargets, ServiceError, type ClusterRef, type RuleTarget } from '@alertagent/contracts';
import { Bus } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';

const PAGE = 500;

/** Finds the clusters that people mean; the clusters service knows them. */
@Injectable()
export class NamedClusters {
  constructor(private readonly bus: Bus) {}

  /** Those of the targets; all when there are none. Errors: ServiceError `invalid`, about `pointer`, for a target that means none. */
  async find(targets: readonly RuleTarget[] | null | undefined, pointer = '/targets'): Promise<ClusterRef[]> {
    if (!targets) return this.all();
    const { clusters, unknown } = await this.bus.request(resolveTargets, { targets: [...targets] });
    if (unknown.length > 0)
      throw invalid(pointer, `no cluster is named ${unknown.slice(0, 3).join(', ').slice(0, 80)}`);
    if (clusters.length === 0) throw invalid(pointer, 'the targets mean no cluster');
    return clusters;
  }

  /** The names of clusters; of one that nobody knows, its id. */
  async namesOf(ids: readonly string[]): Promise<string[]> {
    const { clusters } = await this.bus.request(resolveTargets, { targets: [...ids] });
    return ids.map((id) => clusters.find((cluster) => cluster.id === id)?.name ?? id);
  }

  /** Those that carry all of the labels; may be none. */
  async carrying(labels: Record<string, string>): Promise<ClusterRef[]> {
    return (await this.bus.request(resolveTargets, { targets: [{ labels }] })).clusters;
  }

  /** The one with this id or name. Errors: ServiceError `not_found`. */
  async one(idOrName: string): Promise<ClusterRef> {
    const { clusters } = await this.bus.request(resolveTargets, { targets: [idOrName] });
    if (!clusters[0]) throw new ServiceError('not_found', 'no such cluster');
    return clusters[0];
  }

  private async all(): Promise<ClusterRef[]> {
    const found: ClusterRef[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await this.bus.request(listClusters, { limit: PAGE, cursor });
      found.push(...page.items.map(({ id, name }) => ({ id, name })));
      cursor = page.next_cursor ?? null;
    }
    return found;
  }
}

/** A problem with one field of the body. */
export const invalid = (pointer: string, detail: string): ServiceError =>
  new ServiceError('invalid', detail, { errors: [{ pointer, code: 'invalid', detail }] });
