import {
  AnalysisPage,
  AnalysisStatusInput,
  AnalysisView,
  AnalyzeInput,
  cancelAnalysis,
  CancelAnalysisInput,
  escalate,
  EscalationInput,
  EscalationView,
  getAnalysis,
  ListAnalyses,
  listAnalyses,
  reportAnalysisStatus,
  startAnalysis,
} from '@alertagent/contracts';
import {
  actorOf,
  Bus,
  CurrentPrincipal,
  JsonBody,
  QueryParams,
  RequireCallbackToken,
  RequireRole,
  type Principal,
} from '@alertagent/service-kit';
import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';
import { AlertLookup, alertNamed } from './alert-lookup';

/** Analyses on demand, and the calls outside workflows make back; the ai service owns them. */
@Controller('api/v1/alerts')
export class AnalysisController {
  constructor(
    private readonly bus: Bus,
    private readonly alerts: AlertLookup,
  ) {}

  @Post('analyze')
  @HttpCode(202)
  @RequireRole('operator')
  @Operation({ summary: 'Analyse an alert now', body: AnalyzeInput, status: 202, response: AnalysisView })
  async analyze(
    @JsonBody(AnalyzeInput) input: AnalyzeInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AnalysisView> {
    const found = await alertNamed(this.alerts, input.alert_id);
    return this.bus.request(startAnalysis, { ...found, context: input.context, actor: actorOf(principal) });
  }

  @Get('analyze')
  @RequireRole('viewer')
  @Operation({ summary: 'List analyses, newest first', query: ListAnalyses, response: AnalysisPage })
  list(@QueryParams(ListAnalyses) query: ListAnalyses): Promise<AnalysisPage> {
    return this.bus.request(listAnalyses, query);
  }

  @Get('analyze/:id')
  @RequireRole('viewer')
  @Operation({ summary: 'An analysis and, once there, its result and decision', response: AnalysisView })
  get(@Param('id') id: string): Promise<AnalysisView> {
    return this.bus.request(getAnalysis, { id });
  }

  @Post('analyze/:id/cancel')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Cancel an analysis that is not over; a late answer changes nothing',
    body: CancelAnalysisInput,
    response: AnalysisView,
  })
  cancel(
    @Param('id') id: string,
    @JsonBody(CancelAnalysisInput) input: CancelAnalysisInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AnalysisView> {
    return this.bus.request(cancelAnalysis, { ...input, analysis_id: id, actor: actorOf(principal) });
  }

  @Post('analyze/:id/status')
  @HttpCode(200)
  @RequireCallbackToken('status')
  @Operation({
    summary: 'Callback: a workflow reports progress, its result or its failure',
    body: AnalysisStatusInput,
    response: AnalysisView,
  })
  reportStatus(
    @Param('id') id: string,
    @JsonBody(AnalysisStatusInput) input: AnalysisStatusInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AnalysisView> {
    return this.bus.request(reportAnalysisStatus, { ...input, analysis_id: id, actor: actorOf(principal) });
  }

  @Post('escalate')
  @HttpCode(202)
  @RequireCallbackToken('escalate')
  @Operation({
    summary: 'Callback: a workflow asks for people',
    body: EscalationInput,
    status: 202,
    response: EscalationView,
  })
  async escalate(
    @JsonBody(EscalationInput) input: EscalationInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<EscalationView> {
    const { incident_id } = await alertNamed(this.alerts, input.alert_id);
    return this.bus.request(escalate, { ...input, incident_id, actor: actorOf(principal) });
  }
}
