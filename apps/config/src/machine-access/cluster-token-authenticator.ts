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
    if (!grant) return null;
    const { token_id, cluster_id, cluster_name, purpose } = grant;
    return {
      kind: 'cluster',
      id: token_id,
      name: `${purpose} token of ${cluster_name}`,
      cluster_id,
      cluster_name,
      purpose,
    };
  }
}
