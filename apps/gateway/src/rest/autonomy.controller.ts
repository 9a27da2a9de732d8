import {
  AutonomyPage,
  CalibrationView,
  getCalibration,
  giveSuggestionFeedback,
  listAutonomy,
  ListSuggestions,
  listSuggestions,
  SuggestionFeedbackInput,
  SuggestionPage,
  SuggestionView,
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
import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';

/** What analyses suggested, how that turned out, and what it earned them. */
@Controller('api/v1')
export class AutonomyController {
  constructor(private readonly bus: Bus) {}

  @Get('automation/suggestions')
  @RequireRole('viewer')
  @Operation({
    summary: 'Actions that analyses suggested, and what was done with them; in shadow mode what would have been',
    query: ListSuggestions,
    response: SuggestionPage,
  })
  suggestions(@QueryParams(ListSuggestions) query: ListSuggestions): Promise<SuggestionPage> {
    return this.bus.request(listSuggestions, query);
  }

  @Post('automation/suggestions/:id/feedback')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Say whether a suggestion was right',
    body: SuggestionFeedbackInput,
    response: SuggestionView,
  })
  feedback(
    @Param('id') id: string,
    @JsonBody(SuggestionFeedbackInput) input: SuggestionFeedbackInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SuggestionView> {
    return this.bus.request(giveSuggestionFeedback, { ...input, id, actor: actorOf(principal) });
  }

  @Get('automation/autonomy')
  @RequireRole('viewer')
  @Operation({
    summary: 'The record of each action by rule, and whether it runs without a person',
    response: AutonomyPage,
  })
  autonomy(): Promise<AutonomyPage> {
    return this.bus.request(listAutonomy, {});
  }

  @Get('ai/calibration')
  @RequireRole('viewer')
  @Operation({
    summary: 'How far the confidence of analyses can be believed: curve and expected calibration error',
    response: CalibrationView,
  })
  calibration(): Promise<CalibrationView> {
    return this.bus.request(getCalibration, {});
  }
}
