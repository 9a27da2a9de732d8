import {
  clusterTokenIssued,
  clusterTokenRevoked,
  type ClusterTokenGrant,
  type ClusterTokenRevoked,
} from '@alertagent/contracts';
import { Controller } from '@nestjs/common';
import { OnEvent } from '../bus/handlers';
import { ClusterTokens } from './cluster-tokens';

/** Keeps a service's knowledge of machine tokens up to date; both handlers may run twice without harm. */
@Controller()
export class ClusterTokensHandlers {
  constructor(private readonly tokens: ClusterTokens) {}

  @OnEvent(clusterTokenIssued)
  async onIssued(grant: ClusterTokenGrant): Promise<void> {
    await this.tokens.learn(grant);
  }

  @OnEvent(clusterTokenRevoked)
  async onRevoked(revoked: ClusterTokenRevoked): Promise<void> {
    await this.tokens.forget(revoked);
  }
}
