import { ServiceError } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { NamedClusters } from '../holds/named-clusters';
import { KeyReliance } from './key-reliance';

/** So many clusters are named in a refusal. */
const MOST_NAMED = 10;

/** Sidecars that a new key may leave behind: who does not tell which key it trusts may be too old to follow another one. */
@Injectable()
export class LeftBehind {
  constructor(
    private readonly reliance: KeyReliance,
    private readonly clusters: NamedClusters,
  ) {}

  /**
   * How many there are; all of them in clusters that somebody named (by id or name).
   * Errors: ServiceError `conflict` when some are elsewhere, `invalid` for a name that no cluster has.
   */
  async accepted(named: readonly string[]): Promise<number> {
    const untold = await this.reliance.untold();
    const count = untold.reduce((sum, { sidecars }) => sum + sidecars, 0);
    if (count === 0) return 0;
    const accepted = new Set(
      named.length === 0 ? [] : (await this.clusters.find([...named], '/leave_behind')).map(({ id }) => id),
    );
    const others = untold.filter(({ clusterId }) => !accepted.has(clusterId));
    if (others.length > 0) throw await this.refusal(others.map(({ clusterId }) => clusterId));
    return count;
  }

  private async refusal(clusterIds: readonly string[]): Promise<ServiceError> {
    const shown = await this.clusters.namesOf(clusterIds.slice(0, MOST_NAMED));
    const more = clusterIds.length > MOST_NAMED ? ` and ${clusterIds.length - MOST_NAMED} more clusters` : '';
    return new ServiceError(
      'conflict',
      `sidecars in ${shown.join(', ')}${more} do not tell which key they trust and may not be able to follow a new one: upgrade them, or name their clusters in leave_behind`,
    );
  }
}
