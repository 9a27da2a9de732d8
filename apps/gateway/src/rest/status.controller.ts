import { Metrics, Public, Readiness, RequireRole } from '@alertagent/service-kit';
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Operation } from '../openapi/operation.decorator';

/** Liveness and readiness for load balancers, which carry no token; figures only for people who do. */
@Controller()
export class StatusController {
  constructor(
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
  ) {}

  @Get('health')
  @Public()
  @Operation({ summary: 'Answers while the process lives' })
  health(): { status: string } {
    return { status: 'healthy' };
  }

  @Get('ready')
  @Public()
  @Operation({ summary: 'Whether this gateway should be sent work' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: string }> {
    const { status } = await this.readiness.report();
    void reply.status(status === 'healthy' ? 200 : 503);
    return { status };
  }

  @Get('metrics')
  @RequireRole('viewer')
  @Operation({ summary: 'Prometheus metrics of the gateway' })
  async scrape(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { contentType, body } = await this.metrics.render();
    void reply.type(contentType);
    return body;
  }
}
