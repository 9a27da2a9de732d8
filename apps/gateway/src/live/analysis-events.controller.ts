import { Authenticator, bearerToken, RequireRole } from '@alertagent/service-kit';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Operation } from '../openapi/operation.decorator';
import { AnalysisFollowers } from './analysis-followers';
import { STREAM_HEADERS } from './stream-headers';

/** An analysis as it comes along. */
@Controller('api/v1/alerts/analyze')
export class AnalysisEventsController {
  constructor(
    private readonly followers: AnalysisFollowers,
    private readonly authenticator: Authenticator,
  ) {}

  @Get(':id/events')
  @RequireRole('viewer')
  @Operation({
    summary: 'Follow an analysis until it is over (server-sent events)',
    description:
      'The first event is its present state, then each further one: `progress`, and last `completed`, `failed` or `cancelled`, after which the stream ends. The data is the analysis. ' +
      'With the header `Last-Event-ID` a state that was seen is not told again. 503 when too many follow already.',
    isEventStream: true,
  })
  async follow(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (request.method === 'HEAD') {
      void reply.headers(STREAM_HEADERS).send();
      return;
    }
    const token = bearerToken(request) ?? '';
    const { 'last-event-id': lastEventId } = request.headers;
    await this.followers.follow({
      analysisId: id,
      lastEventId: typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : null,
      open: () => {
        reply.hijack();
        return reply.raw.writeHead(200, { ...reply.getHeaders(), ...STREAM_HEADERS } as Record<string, string>);
      },
      isAllowed: async () => (await this.authenticator.authenticate(token))?.kind === 'user',
    });
  }
}
