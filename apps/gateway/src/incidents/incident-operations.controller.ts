import { actorOf, CurrentPrincipal, JsonBody, RequireRole, type Principal } from '@alertagent/service-kit';
import { Controller, Delete, HttpCode, Param, Post } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';
import { AttentionOperations } from './attention-operations';
import { IncidentClosings } from './incident-closing';
import { IncidentMerging } from './incident-merging';
import { Acknowledgement, IncidentClosing, IncidentMerge, IncidentSplit, Snooze } from './incident-operations.dto';
import { IncidentQueries } from './incident-queries';
import { IncidentSplitting } from './incident-splitting';
import { IncidentDetail } from './incident.dto';

/** What people do to incidents. */
@Controller('api/v1/incidents/:id')
export class IncidentOperationsController {
  constructor(
    private readonly incidents: IncidentQueries,
    private readonly attention: AttentionOperations,
    private readonly closings: IncidentClosings,
    private readonly merging: IncidentMerging,
    private readonly splitting: IncidentSplitting,
  ) {}

  @Post('acknowledge')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Say that somebody works on an incident',
    description:
      'Until a time, for a while, or until it is taken back; once it has expired the incident is unacknowledged.',
    body: Acknowledgement,
    response: IncidentDetail,
  })
  async acknowledge(
    @Param('id') id: string,
    @JsonBody(Acknowledgement) input: Acknowledgement,
    @CurrentPrincipal() principal: Principal,
  ): Promise<IncidentDetail> {
    await this.attention.acknowledge(id, input, actorOf(principal));
    return this.incidents.get(id);
  }

  @Delete('acknowledgement')
  @HttpCode(204)
  @RequireRole('operator')
  @Operation({ summary: 'Take an acknowledgement back', status: 204 })
  unacknowledge(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    return this.attention.unacknowledge(id, actorOf(principal));
  }

  @Post('snooze')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Say that nobody wants to hear of an incident until a time',
    body: Snooze,
    response: IncidentDetail,
  })
  async snooze(
    @Param('id') id: string,
    @JsonBody(Snooze) input: Snooze,
    @CurrentPrincipal() principal: Principal,
  ): Promise<IncidentDetail> {
    await this.attention.snooze(id, input, actorOf(principal));
    return this.incidents.get(id);
  }

  @Delete('snooze')
  @HttpCode(204)
  @RequireRole('operator')
  @Operation({ summary: 'End a snooze', status: 204 })
  unsnooze(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    return this.attention.unsnooze(id, actorOf(principal));
  }

  @Post('merge')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Merge an incident into another one',
    description:
      'Its alerts become members of the other, and it is over. As long as the other takes alerts, later ones of its group go there, too; when that one refuses them, the next one opens an incident. Answers the other incident.',
    body: IncidentMerge,
    response: IncidentDetail,
  })
  async merge(
    @Param('id') id: string,
    @JsonBody(IncidentMerge) input: IncidentMerge,
    @CurrentPrincipal() principal: Principal,
  ): Promise<IncidentDetail> {
    await this.merging.merge(id, input, actorOf(principal));
    return this.incidents.get(input.into);
  }

  @Post('split')
  @RequireRole('operator')
  @Operation({
    summary: 'Make some alerts of an incident an incident of their own',
    description: 'The new one takes no further alerts: those of the group go on to the old one.',
    body: IncidentSplit,
    status: 201,
    response: IncidentDetail,
  })
  async split(
    @Param('id') id: string,
    @JsonBody(IncidentSplit) input: IncidentSplit,
    @CurrentPrincipal() principal: Principal,
  ): Promise<IncidentDetail> {
    return this.incidents.get(await this.splitting.split(id, input, actorOf(principal)));
  }

  @Post('close_to_new_alerts')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Let the next alerts of the group open another incident',
    description: 'An incident is resolved when its alerts are; it cannot be resolved by hand.',
    body: IncidentClosing,
    response: IncidentDetail,
  })
  async close(
    @Param('id') id: string,
    @JsonBody(IncidentClosing) input: IncidentClosing,
    @CurrentPrincipal() principal: Principal,
  ): Promise<IncidentDetail> {
    await this.closings.close(id, input, actorOf(principal));
    return this.incidents.get(id);
  }
}
