import { actorOf, CurrentPrincipal, QueryParams, RequireRole, type Principal } from '@alertagent/service-kit';
import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';
import { Quarantine } from './quarantine';
import { ListQuarantine, QuarantinedAlertDetail, QuarantinePage, ReplayedAlert } from './quarantine.dto';

/** Alerts that were set aside. */
@Controller('api/v1/quarantine')
export class QuarantineController {
  constructor(private readonly quarantine: Quarantine) {}

  @Get()
  @RequireRole('viewer')
  @Operation({
    summary: 'List alerts that could not be processed, newest first',
    query: ListQuarantine,
    response: QuarantinePage,
  })
  list(@QueryParams(ListQuarantine) query: ListQuarantine): Promise<QuarantinePage> {
    return this.quarantine.list(query);
  }

  @Get(':id')
  @RequireRole('viewer')
  @Operation({ summary: 'Show one of them as it was received', response: QuarantinedAlertDetail })
  get(@Param('id') id: string): Promise<QuarantinedAlertDetail> {
    return this.quarantine.get(id);
  }

  @Post(':id/replay')
  @HttpCode(202)
  @RequireRole('operator')
  @Operation({ summary: 'Send one of them through the pipeline again', status: 202, response: ReplayedAlert })
  replay(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<ReplayedAlert> {
    return this.quarantine.replay(id, actorOf(principal));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireRole('operator')
  @Operation({ summary: 'Delete one of them', status: 204 })
  delete(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    return this.quarantine.delete(id, actorOf(principal));
  }
}
