import { Controller, Get } from '@nestjs/common';
import { QueryParams, RequireRole } from '@alertagent/service-kit';
import { DataSource, IsNull, LessThan, Not } from 'typeorm';
import { pageSize, readCursor, toPage } from '../alerts/page-cursor';
import { iso, isoOrNull } from '../alerts/wire-time';
import { Operation } from '../openapi/operation.decorator';
import { FindingPage, ListFindings, type FindingView } from './findings.dto';
import { GatewayFinding } from './gateway-finding.entity';

/** What the auditor found stuck. */
@Controller('api/v1/ledger/findings')
export class FindingsController {
  constructor(private readonly dataSource: DataSource) {}

  @Get()
  @RequireRole('viewer')
  @Operation({ summary: 'List work that is or was stuck, newest first', query: ListFindings, response: FindingPage })
  async list(@QueryParams(ListFindings) query: ListFindings): Promise<FindingPage> {
    const size = pageSize(query);
    const below = readCursor(query.cursor);
    const { state = 'open' } = query;
    const rows = await this.dataSource.manager.find(GatewayFinding, {
      where: {
        ...(below === null ? {} : { id: LessThan(below) }),
        ...(state === 'all' ? {} : { cleared_at: state === 'open' ? IsNull() : Not(IsNull()) }),
      },
      order: { id: 'DESC' },
      take: size + 1,
    });
    return toPage(rows, size, viewOf);
  }
}

function viewOf({ id, kind, subject, detail, found_at, cleared_at }: GatewayFinding): FindingView {
  return { id, kind, subject, detail, found_at: iso(found_at), cleared_at: isoOrNull(cleared_at) };
}
