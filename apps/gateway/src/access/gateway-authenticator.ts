import { Authenticator, ClusterTokens, type Principal } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { ApiTokensService } from './api-tokens.service';

/** Tells people's and workflows' tokens, which this service issued, from the clusters' machine tokens. */
@Injectable()
export class GatewayAuthenticator extends Authenticator {
  constructor(
    private readonly apiTokens: ApiTokensService,
    private readonly clusterTokens: ClusterTokens,
  ) {
    super();
  }

  async authenticate(token: string): Promise<Principal | null> {
    const grant = await this.clusterTokens.find(token);
    if (!grant) return this.apiTokens.authenticate(token);
    const { token_id: id, cluster_id, cluster_name, purpose } = grant;
    return { kind: 'cluster', id, name: `${cluster_name}/${purpose}`, cluster_id, cluster_name, purpose };
  }
}
