import { Authenticator, bearerToken, QueryParams, RequireRole } from '@alertagent/service-kit';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Operation } from '../openapi/operation.decorator';
import { LiveClients } from './live-clients';
import { LIVE_KINDS } from './live-event';
import { liveFilter, LiveQuery } from './live-filter';
import { STREAM_HEADERS } from './stream-headers';

/** Alerts and incidents as they happen. */
@Controller('api/v1/live')
export class LiveController {
  constructor(
    private readonly clients: LiveClients,
    private readonly authenticator: Authenticator,
  ) {}

  @Get()
  @RequireRole('viewer')
  @Operation({
    summary: 'Follow alerts and incidents as they happen (server-sent events)',
    description:
      `Events are named ${LIVE_KINDS.join(', ')}; their data is the payload of the NATS event of that name. ` +
      'Everything that happens after the answer began is on it. With the header `Last-Event-ID` the stream continues after that event, also on another gateway: each event once, in order. ' +
      'An event `reset` with `{"reason": …}` says that this is not possible: load again what you show, then follow on. ' +
      'Comments and lone ids keep the connection alive. The token goes into the Authorization header, nowhere else. ' +
      '503 when too many follow already.',
    query: LiveQuery,
    isEventStream: true,
  })
  async follow(
    @QueryParams(LiveQuery) query: LiveQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const filter = liveFilter(query);
    if (request.method === 'HEAD') {
      void reply.headers(STREAM_HEADERS).send();
      return;
    }
    const token = bearerToken(request) ?? '';
    const { 'last-event-id': lastEventId } = request.headers;
    await this.clients.add({
      open: () => {
        reply.hijack();
        return reply.raw.writeHead(200, { ...reply.getHeaders(), ...STREAM_HEADERS } as Record<string, string>);
      },
      filter,
      lastEventId: typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : null,
      isAllowed: async () => (await this.authenticator.authenticate(token))?.kind === 'user',
    });
  }
}
