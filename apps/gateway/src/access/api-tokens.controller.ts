import { actorOf, CurrentPrincipal, JsonBody, QueryParams, RequireRole, type Principal } from '@alertagent/service-kit';
import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';
import { ApiTokenInput, ApiTokenPage, ApiTokenView, IssuedApiToken, ListApiTokens } from './api-token.dto';
import { ApiTokensService } from './api-tokens.service';

@Controller('api/v1/tokens')
export class ApiTokensController {
  constructor(private readonly tokens: ApiTokensService) {}

  @Post()
  @RequireRole('admin')
  @Operation({
    summary: 'Issue a token for a person (role) or a workflow callback (purpose)',
    body: ApiTokenInput,
    status: 201,
    response: IssuedApiToken,
  })
  issue(
    @JsonBody(ApiTokenInput) input: ApiTokenInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<IssuedApiToken> {
    return this.tokens.issue(input, actorOf(principal));
  }

  @Get()
  @RequireRole('admin')
  @Operation({ summary: 'List tokens, newest first', query: ListApiTokens, response: ApiTokenPage })
  list(@QueryParams(ListApiTokens) query: ListApiTokens): Promise<ApiTokenPage> {
    return this.tokens.list(query.cursor, query.limit);
  }

  @Get(':id')
  @RequireRole('admin')
  @Operation({ summary: 'Show one token', response: ApiTokenView })
  get(@Param('id') id: string): Promise<ApiTokenView> {
    return this.tokens.get(id);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireRole('admin')
  @Operation({ summary: 'Revoke a token', status: 204 })
  revoke(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    return this.tokens.revoke(id, actorOf(principal));
  }
}
