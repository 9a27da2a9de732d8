import { QueryParams, RequireRole } from '@alertagent/service-kit';
import { Controller, Get, Param } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';
import { IncidentQueries } from './incident-queries';
import { IncidentDetail, IncidentPage, ListIncidents } from './incident.dto';

/** Incidents, to read. */
@Controller('api/v1/incidents')
export class IncidentsController {
  constructor(private readonly incidents: IncidentQueries) {}

  @Get()
  @RequireRole('viewer')
  @Operation({ summary: 'List incidents, newest first', query: ListIncidents, response: IncidentPage })
  list(@QueryParams(ListIncidents) query: ListIncidents): Promise<IncidentPage> {
    return this.incidents.list(query);
  }

  @Get(':id')
  @RequireRole('viewer')
  @Operation({
    summary: 'Show one incident: alerts, analysis, decision, escalations, timeline',
    response: IncidentDetail,
  })
  get(@Param('id') id: string): Promise<IncidentDetail> {
    return this.incidents.get(id);
  }
}
