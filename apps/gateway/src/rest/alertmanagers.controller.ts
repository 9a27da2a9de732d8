import {
  ActiveAlertPage,
  ActiveAlertsQuery,
  AlertmanagerStatus,
  AlertmanagerStatusPage,
  getAlertmanagerStatus,
  listActiveAlerts,
  listAlertmanagerStatus,
  MergedAlertsQuery,
  mergeActiveAlerts,
  PageQuery,
} from '@alertagent/contracts';
import { Bus, QueryParams, RequireRole } from '@alertagent/service-kit';
import { Controller, Get, Param } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';

/** What the Alertmanagers of clusters say themselves; the clusters service asks them. */
@Controller('api/v1')
export class AlertmanagersController {
  constructor(private readonly bus: Bus) {}

  @Get('clusters/:id/alertmanagers/status')
  @RequireRole('viewer')
  @Operation({
    summary: 'Versions and mesh of a cluster’s Alertmanagers, all of them asked now',
    response: AlertmanagerStatus,
  })
  status(@Param('id') id: string): Promise<AlertmanagerStatus> {
    return this.bus.request(getAlertmanagerStatus, { id });
  }

  @Get('clusters/:id/alertmanagers/alerts')
  @RequireRole('viewer')
  @Operation({
    summary: 'Alerts that a cluster’s Alertmanagers hold now',
    description:
      'One member is asked, a healthy one first; `unanswered` names those that were asked before it in vain.',
    query: ActiveAlertsQuery,
    response: ActiveAlertPage,
  })
  alerts(@Param('id') id: string, @QueryParams(ActiveAlertsQuery) query: ActiveAlertsQuery): Promise<ActiveAlertPage> {
    return this.bus.request(listActiveAlerts, { ...query, id });
  }

  @Get('alertmanagers/status')
  @RequireRole('viewer')
  @Operation({
    summary: 'Versions and meshes of the Alertmanagers of all clusters',
    query: PageQuery,
    response: AlertmanagerStatusPage,
  })
  allStatus(@QueryParams(PageQuery) query: PageQuery): Promise<AlertmanagerStatusPage> {
    return this.bus.request(listAlertmanagerStatus, query);
  }

  @Get('alertmanagers/alerts')
  @RequireRole('viewer')
  @Operation({
    summary: 'Alerts that the Alertmanagers of all clusters hold now, each once',
    description:
      'All members are asked, so that what one of them missed is there. `unanswered` names those that did not answer.',
    query: MergedAlertsQuery,
    response: ActiveAlertPage,
  })
  allAlerts(@QueryParams(MergedAlertsQuery) query: MergedAlertsQuery): Promise<ActiveAlertPage> {
    return this.bus.request(mergeActiveAlerts, query);
  }
}
