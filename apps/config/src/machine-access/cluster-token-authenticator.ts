import type { ClusterTokenGrant } from '@alertagent/contracts';
import { Authenticator, ClusterTokens, type Principal } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';

/** The only callers of this service are machines with a cluster's token. */
@Injectable()
export class ClusterTokenAuthenticator extends Authenticator {
  constructor(private readonly tokens: ClusterTokens) {
    super();
  }

  async authenticate(token: string): Promise<Principal | null> {
    const grant = await this.tokens.find(token);
    return grant && clusterPrincipal(grant);
  }
}

/** The machine that a token was issued for. */
export function clusterPrincipal({ token_id, cluster_id, cluster_name, purpose }: ClusterTokenGrant): Principal {
  return {
    kind: 'cluster',
    id: token_id,
    name: `${purpose} token of ${cluster_name}`,
    cluster_id,
    cluster_name,
    purpose,
  };
}
