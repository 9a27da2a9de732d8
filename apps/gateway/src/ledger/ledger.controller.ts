import { QueryParams, RequireRole } from '@alertagent/service-kit';
import { Controller, Get } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';
import { Ledger } from './ledger';
import { LedgerView, ShowLedger } from './ledger.dto';

/** The ledger, to read. */
@Controller('api/v1/ledger')
export class LedgerController {
  constructor(private readonly ledger: Ledger) {}

  @Get()
  @RequireRole('viewer')
  @Operation({
    summary: 'Show what became of all accepted alerts, in all and per cluster',
    query: ShowLedger,
    response: LedgerView,
  })
  show(@QueryParams(ShowLedger) query: ShowLedger): Promise<LedgerView> {
    return this.ledger.show(query.cluster_id);
  }
}
