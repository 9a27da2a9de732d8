import {
  AnalysisFeedbackInput,
  AnalysisFeedbackPage,
  AnalysisFeedbackView,
  getWeeklyReport,
  giveAnalysisFeedback,
  listAnalysisFeedback,
  PageQuery,
  WeeklyReport,
  WeeklyReportQuery,
  withdrawAnalysisFeedback,
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
import { Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';

/** What people think of analyses, and what that adds up to, over REST; the ai service owns it. */
@Controller('api/v1')
export class FeedbackController {
  constructor(private readonly bus: Bus) {}

  @Get('alerts/analyze/:id/feedback')
  @RequireRole('viewer')
  @Operation({
    summary: 'What people think of an analysis, newest first, and its score from -1 to 1',
    query: PageQuery,
    response: AnalysisFeedbackPage,
  })
  list(@Param('id') id: string, @QueryParams(PageQuery) page: PageQuery): Promise<AnalysisFeedbackPage> {
    return this.bus.request(listAnalysisFeedback, { ...page, analysis_id: id });
  }

  @Put('alerts/analyze/:id/feedback')
  @RequireRole('operator')
  @Operation({
    summary: 'Say whether an analysis helped, and what it really was; replaces what you said before',
    body: AnalysisFeedbackInput,
    response: AnalysisFeedbackView,
  })
  give(
    @Param('id') id: string,
    @JsonBody(AnalysisFeedbackInput) input: AnalysisFeedbackInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AnalysisFeedbackView> {
    return this.bus.request(giveAnalysisFeedback, { ...input, analysis_id: id, actor: actorOf(principal) });
  }

  @Delete('alerts/analyze/:id/feedback')
  @HttpCode(204)
  @RequireRole('operator')
  @Operation({ summary: 'Take back what you said about an analysis', status: 204 })
  async withdraw(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.bus.request(withdrawAnalysisFeedback, { analysis_id: id, actor: actorOf(principal) });
  }

  @Get('ai/reports/weekly')
  @RequireRole('viewer')
  @Operation({
    summary: 'How good analyses and suggestions were in a week: accuracy, calibration, saved and missed',
    query: WeeklyReportQuery,
    response: WeeklyReport,
  })
  weekly(@QueryParams(WeeklyReportQuery) query: WeeklyReportQuery): Promise<WeeklyReport> {
    return this.bus.request(getWeeklyReport, query);
  }
}
