import { ServiceError } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { NamedClusters } from '../holds/named-clusters';
import { KeyReliance } from '../reports/key-reliance';

/** So many clusters are named in a refusal. */
const MOST_NAMED = 10;

/** What is about to be done, and which clusters a person named. */
interface Parting {
  /** Fingerprints of the keys that nobody will be led away from; none when a key is merely replaced. */
  ending: readonly string[];
  /** Ids or names. */
  named: readonly string[];
}

/**
 * Sidecars that may be left behind: who does not tell which key it trusts may be too old to follow another one, and who rests on a key
 * that is given up will not be led away from it.
 */
@Injectable()
export class LeftBehind {
  constructor(
    private readonly reliance: KeyReliance,
    private readonly clusters: NamedClusters,
  ) {}

  /**
   * How many there are, all of them in clusters that somebody named.
   * Errors: ServiceError `conflict` when some are elsewhere, `invalid` for a name that no cluster has.
   */
  async accepted({ ending, named }: Parting): Promise<number> {
    const concerned = await this.reliance.perCluster(ending);
    if (concerned.length === 0) return 0;
    const found = named.length === 0 ? [] : await this.clusters.find([...named], '/leave_behind');
    const accepted = new Set(found.map(({ id }) => id));
    const others = concerned.filter(({ clusterId }) => !accepted.has(clusterId));
    if (others.length > 0)
      throw await this.refusal(
        others.map(({ clusterId }) => clusterId),
        ending.length > 0,
      );
    return concerned.reduce((sum, { sidecars }) => sum + sidecars, 0);
  }

  private async refusal(clusterIds: readonly string[], isEnding: boolean): Promise<ServiceError> {
    const shown = await this.clusters.namesOf(clusterIds.slice(0, MOST_NAMED));
    const more = clusterIds.length > MOST_NAMED ? ` and ${clusterIds.length - MOST_NAMED} more clusters` : '';
    const what = isEnding
      ? 'rest on this key or one before it, or do not tell which key they trust: let them go over or upgrade them'
      : 'do not tell which key they trust and may not be able to follow a new one: upgrade them';
    return new ServiceError(
      'conflict',
      `sidecars in ${shown.join(', ')}${more} ${what}, or name their clusters in leave_behind`,
    );
  }
}
