import {
  ActionInput,
  ActionPage,
  ActionView,
  EscalationPage,
  getAction,
  ListByIncident,
  listActions,
  listEscalations,
  requestAction,
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

/** Requests for actions, which wait for approval, and escalations. */
@Controller('api/v1')
export class AutomationController {
  constructor(
    private readonly bus: Bus,
    private readonly alerts: AlertLookup,
  ) {}

  @Post('automation/execute')
  @HttpCode(202)
  @RequireCallbackToken('execute')
  @Operation({
    summary: 'Callback: a workflow asks for an action',
    description: 'The request is recorded and waits for approval. Nothing is executed.',
    body: ActionInput,
    status: 202,
    response: ActionView,
  })
  async execute(
    @JsonBody(ActionInput) input: ActionInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ActionView> {
    const found = input.alert_id ? await alertNamed(this.alerts, input.alert_id) : null;
    return this.bus.request(requestAction, {
      ...input,
      incident_id: found?.incident_id ?? null,
      actor: actorOf(principal),
    });
  }

  @Get('automation/actions')
  @RequireRole('viewer')
  @Operation({ summary: 'List requested actions, newest first', query: ListByIncident, response: ActionPage })
  actions(@QueryParams(ListByIncident) query: ListByIncident): Promise<ActionPage> {
    return this.bus.request(listActions, query);
  }

  @Get('automation/actions/:id')
  @RequireRole('viewer')
  @Operation({ summary: 'Show a requested action', response: ActionView })
  action(@Param('id') id: string): Promise<ActionView> {
    return this.bus.request(getAction, { id });
  }

  @Get('escalations')
  @RequireRole('viewer')
  @Operation({ summary: 'List escalations, newest first', query: ListByIncident, response: EscalationPage })
  escalations(@QueryParams(ListByIncident) query: ListByIncident): Promise<EscalationPage> {
    return this.bus.request(listEscalations, query);
  }
}
