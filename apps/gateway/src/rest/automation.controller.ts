import {
  ActionInput,
  ActionPage,
  ActionVerdictInput,
  ActionView,
  decideAction,
  EscalationPage,
  getAction,
  ListActions,
  listActions,
  ListByIncident,
  listEscalations,
  requestAction,
  settleAction,
  SettleActionInput,
  type DecideAction,
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

/** Requests for actions, what people say about them, and escalations. */
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
    summary: 'Ask for an action of the catalogue; also the callback of a workflow',
    description:
      'The request is checked, planned and recorded. Nothing is executed before a second person approves exactly this. With `dry_run: true` it ends with the plan.',
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
      cluster_name: found?.cluster_name ?? null,
      alert_labels: found?.alert.labels ?? null,
      actor: actorOf(principal),
    });
  }

  @Get('automation/actions')
  @RequireRole('viewer')
  @Operation({ summary: 'List requested actions, newest first', query: ListActions, response: ActionPage })
  actions(@QueryParams(ListActions) query: ListActions): Promise<ActionPage> {
    return this.bus.request(listActions, query);
  }

  @Get('automation/actions/:id')
  @RequireRole('viewer')
  @Operation({ summary: 'Show a requested action with its plan and every step', response: ActionView })
  action(@Param('id') id: string): Promise<ActionView> {
    return this.bus.request(getAction, { id });
  }

  @Post('automation/actions/:id/approve')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Approve a request; not by who asked for it',
    description:
      'The approval is for exactly this action, target, parameters and incident, and lapses. With `approval_hash` it is refused if the request is not what was read.',
    body: ActionVerdictInput,
    response: ActionView,
  })
  approve(
    @Param('id') id: string,
    @JsonBody(ActionVerdictInput) input: ActionVerdictInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ActionView> {
    return this.decide(id, 'approve', input, principal);
  }

  @Post('automation/actions/:id/reject')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({ summary: 'Reject a request', body: ActionVerdictInput, response: ActionView })
  reject(
    @Param('id') id: string,
    @JsonBody(ActionVerdictInput) input: ActionVerdictInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ActionView> {
    return this.decide(id, 'reject', input, principal);
  }

  @Post('automation/actions/:id/cancel')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({ summary: 'Withdraw a request that has not begun', body: ActionVerdictInput, response: ActionView })
  cancel(
    @Param('id') id: string,
    @JsonBody(ActionVerdictInput) input: ActionVerdictInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ActionView> {
    return this.decide(id, 'cancel', input, principal);
  }

  @Post('automation/actions/:id/undo')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Take back what an action did, where the catalogue says that it can be',
    body: ActionVerdictInput,
    response: ActionView,
  })
  undo(
    @Param('id') id: string,
    @JsonBody(ActionVerdictInput) input: ActionVerdictInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ActionView> {
    return this.decide(id, 'undo', input, principal);
  }

  @Post('automation/actions/:id/settle')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Say what became of an action that nobody could tell about',
    body: SettleActionInput,
    response: ActionView,
  })
  settle(
    @Param('id') id: string,
    @JsonBody(SettleActionInput) input: SettleActionInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ActionView> {
    return this.bus.request(settleAction, { ...input, id, actor: actorOf(principal) });
  }

  @Get('escalations')
  @RequireRole('viewer')
  @Operation({ summary: 'List escalations, newest first', query: ListByIncident, response: EscalationPage })
  escalations(@QueryParams(ListByIncident) query: ListByIncident): Promise<EscalationPage> {
    return this.bus.request(listEscalations, query);
  }

  private decide(
    id: string,
    verdict: DecideAction['verdict'],
    input: ActionVerdictInput,
    principal: Principal,
  ): Promise<ActionView> {
    return this.bus.request(decideAction, { ...input, id, verdict, actor: actorOf(principal) });
  }
}
