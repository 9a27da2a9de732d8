import { RequireRole } from '@alertagent/service-kit';
import { Controller, Get, Param } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';
import { AlertWhy } from './alert-why';
import { IncidentWhy } from './incident-why';
import { AlertWhyView, IncidentWhyView } from './why.dto';

/** Why things are as they are. */
@Controller('api/v1')
export class WhyController {
  constructor(
    private readonly alerts: AlertWhy,
    private readonly incidents: IncidentWhy,
  ) {}

  @Get('alerts/:id/why')
  @RequireRole('viewer')
  @Operation({
    summary:
      'Explain an alert: each event with stages and policy version, what hid it, where it went, and why nowhere else',
    response: AlertWhyView,
  })
  alert(@Param('id') id: string): Promise<AlertWhyView> {
    return this.alerts.of(id);
  }

  @Get('incidents/:id/why')
  @RequireRole('viewer')
  @Operation({
    summary: 'Explain an incident: how it opened, what joined, its priority, its routes, and how it ended',
    response: IncidentWhyView,
  })
  incident(@Param('id') id: string): Promise<IncidentWhyView> {
    return this.incidents.of(id);
  }
}
