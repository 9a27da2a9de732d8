import { QueryParams, RequireRole } from '@alertagent/service-kit';
import { Controller, Get, Param } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';
import { AlertQueries } from './alert-queries';
import { AlertDetail, AlertPage, ListAlerts } from './alert.dto';

/** Alerts, to read. */
@Controller('api/v1/alerts')
export class AlertsController {
  constructor(private readonly alerts: AlertQueries) {}

  @Get()
  @RequireRole('viewer')
  @Operation({ summary: 'List alerts, newest first', query: ListAlerts, response: AlertPage })
  list(@QueryParams(ListAlerts) query: ListAlerts): Promise<AlertPage> {
    return this.alerts.list(query);
  }

  @Get(':id')
  @RequireRole('viewer')
  @Operation({ summary: 'Show one alert with every stage it went through, and why', response: AlertDetail })
  get(@Param('id') id: string): Promise<AlertDetail> {
    return this.alerts.get(id);
  }
}
