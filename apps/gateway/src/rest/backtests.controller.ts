import {
  BacktestedAlertPage,
  BacktestedAlertsQuery,
  BacktestInput,
  BacktestPage,
  BacktestView,
  cancelBacktest,
  deleteBacktest,
  getBacktest,
  listBacktestedAlerts,
  listBacktests,
  ListBacktests,
  startBacktest,
} from '@alertagent/contracts';
import {
  actorOf,
  Bus,
  CurrentPrincipal,
  JsonBody,
  QueryParams,
  RequireRole,
  type Principal,
} from '@alertagent/service-kit';
import { Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Operation } from '../openapi/operation.decorator';

/** Backtests of rules over REST; the rules service owns them. */
@Controller('api/v1/rules')
export class BacktestsController {
  constructor(private readonly bus: Bus) {}

  @Post('backtest')
  @HttpCode(202)
  @RequireRole('operator')
  @Operation({
    summary: 'Find out when a rule would have fired, and how many incidents and pages that means',
    description:
      'Runs in the background on the Prometheus or VictoriaMetrics of a cluster; follow it at the Location. With `compare`, a second version is evaluated at the same times.',
    body: BacktestInput,
    status: 202,
    response: BacktestView,
  })
  async start(
    @JsonBody(BacktestInput) backtest: BacktestInput,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BacktestView> {
    const view = await this.bus.request(startBacktest, { backtest, actor: actorOf(principal) });
    void reply.header('location', `/api/v1/rules/backtests/${view.id}`);
    return view;
  }

  @Get('backtests')
  @RequireRole('viewer')
  @Operation({ summary: 'List backtests, newest first', query: ListBacktests, response: BacktestPage })
  list(@QueryParams(ListBacktests) query: ListBacktests): Promise<BacktestPage> {
    return this.bus.request(listBacktests, query);
  }

  @Get('backtests/:id')
  @RequireRole('viewer')
  @Operation({ summary: 'Show a backtest: its progress, and what came of it', response: BacktestView })
  get(@Param('id') id: string): Promise<BacktestView> {
    return this.bus.request(getBacktest, { id });
  }

  @Get('backtests/:id/alerts')
  @RequireRole('viewer')
  @Operation({
    summary: 'List the alerts of a backtest and when each fired, the longest first; at most 10 on a page',
    query: BacktestedAlertsQuery,
    response: BacktestedAlertPage,
  })
  alerts(
    @Param('id') id: string,
    @QueryParams(BacktestedAlertsQuery) query: BacktestedAlertsQuery,
  ): Promise<BacktestedAlertPage> {
    return this.bus.request(listBacktestedAlerts, { id, ...query });
  }

  @Post('backtests/:id/cancel')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({ summary: 'Stop a backtest; it is kept as cancelled', response: BacktestView })
  cancel(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<BacktestView> {
    return this.bus.request(cancelBacktest, { id, actor: actorOf(principal) });
  }

  @Delete('backtests/:id')
  @HttpCode(204)
  @RequireRole('operator')
  @Operation({ summary: 'Stop a backtest, if it is not over, and forget it', status: 204 })
  async delete(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.bus.request(deleteBacktest, { id, actor: actorOf(principal) });
  }
}
