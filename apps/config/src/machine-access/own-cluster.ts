import { ServiceError } from '@alertagent/contracts';
import type { Principal } from '@alertagent/service-kit';

/** The id of the token's cluster. Errors: `not_found` for a caller without one. */
export function ownClusterOf(principal: Principal): string {
  if (principal.kind === 'cluster') return principal.cluster_id;
  throw notFound();
}

/**
 * The id of the token's cluster, provided that `named` (an id or a name) means that one. Errors: `not_found`, the same
 * for another cluster and for none, so that a token can't be used to find out which clusters exist.
 */
export function ownCluster(principal: Principal, named: string): string {
  if (principal.kind === 'cluster' && [principal.cluster_id, principal.cluster_name].includes(named))
    return principal.cluster_id;
  throw notFound();
}

const notFound = (): ServiceError => new ServiceError('not_found', 'no configuration for this cluster');
