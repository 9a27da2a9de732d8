import {
  findClusterToken,
  issueClusterToken,
  listClusterTokens,
  revokeClusterToken,
  type ById,
  type ClusterTokenGrant,
  type ClusterTokenList,
  type Done,
  type FindClusterToken,
  type IssueClusterToken,
  type IssuedClusterToken,
  type RevokeClusterToken,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { TokensService } from './tokens.service';

/** What others ask about machine tokens. */
@Controller()
export class TokensHandlers {
  constructor(private readonly tokens: TokensService) {}

  @OnRequest(issueClusterToken)
  issue(query: IssueClusterToken): Promise<IssuedClusterToken> {
    return this.tokens.issue(query);
  }

  @OnRequest(revokeClusterToken)
  async revoke(query: RevokeClusterToken): Promise<Done> {
    await this.tokens.revoke(query);
    return { done: true };
  }

  @OnRequest(listClusterTokens)
  list({ id }: ById): Promise<ClusterTokenList> {
    return this.tokens.list(id);
  }

  @OnRequest(findClusterToken)
  find({ token_hash }: FindClusterToken): Promise<ClusterTokenGrant> {
    return this.tokens.find(token_hash);
  }
}
