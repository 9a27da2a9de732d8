import { CurrentPrincipal, QueryParams, RequireClusterToken, type Principal } from '@alertagent/service-kit';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ownCluster } from '../machine-access/own-cluster';
import { ConfigQuery, waitMs } from './config-query';
import { goneSignal } from './gone-signal';
import { Pulls } from './pulls';

/** What sidecars fetch their files from. What is spelled exactly as sidecars do goes by `pull-route.ts` instead. */
@Controller('api/v1/configs')
export class ConfigsController {
  constructor(private readonly pulls: Pulls) {}

  /**
   * The current file (200), or that it has not changed (304). With `wait` the answer is held until there is something
   * newer, or something at all. The reply is written here because the body must be the exact bytes that were signed.
   */
  @Get()
  @RequireClusterToken('sync')
  async fetch(
    @QueryParams(ConfigQuery) query: ConfigQuery,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const pull = {
      key: { clusterId: ownCluster(principal, query.cluster_id), type: query.type },
      known: request.headers['if-none-match'],
      waitMs: request.method === 'HEAD' ? 0 : waitMs(query),
    };
    const { status, headers, body } = await this.pulls.answer(pull, goneSignal(reply.raw));
    void reply.headers(headers);
    if (body === null) await reply.status(status).send();
    else await reply.status(status).type('application/yaml').send(body);
  }
}
