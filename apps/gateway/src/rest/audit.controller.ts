import {
  AuditPage,
  AuditVerification,
  PageQuery,
  SERVICE_NAMES,
  serviceOperations,
  type AuditEntryView,
  type ServiceName,
} from '@alertagent/contracts';
import { Bus, QueryParams, RequireRole } from '@alertagent/service-kit';
import { Controller, Get } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsOptional, ValidateNested } from 'class-validator';
import { Operation } from '../openapi/operation.decorator';
import { decodePositions, encodePositions } from './positions';

export class ListAudit extends PageQuery {
  /** Only changes this service made. */
  @IsOptional() @IsIn(SERVICE_NAMES) service?: ServiceName | null;
}

export class AuditVerifications {
  @IsBoolean() ok!: boolean;
  @IsArray() @ValidateNested({ each: true }) @Type(() => AuditVerification) chains!: AuditVerification[];
}

/** Who changed what. Every service records its own changes in its own transaction; this reads them as one list. */
@Controller('api/v1/audit')
export class AuditController {
  constructor(private readonly bus: Bus) {}

  @Get()
  @RequireRole('admin')
  @Operation({ summary: 'All changes, newest first', query: ListAudit, response: AuditPage })
  async list(@QueryParams(ListAudit) query: ListAudit): Promise<AuditPage> {
    const limit = query.limit ?? 50;
    const services = query.service ? [query.service] : SERVICE_NAMES;
    const positions = decodePositions(query.cursor);
    const pages = await Promise.all(
      services.map((service) =>
        this.bus.request(serviceOperations[service].listAudit, { limit, cursor: positions[service] ?? null }),
      ),
    );
    const merged = pages.flatMap((page) => page.items).sort((a, b) => (a.at < b.at ? 1 : -1));
    const items = merged.slice(0, limit);
    const more = merged.length > limit || pages.some((page) => page.next_cursor);
    return { items, next_cursor: more ? encodePositions(advance(positions, items)) : null };
  }

  @Get('verify')
  @RequireRole('admin')
  @Operation({ summary: 'Check every hash chain from its beginning', response: AuditVerifications })
  async verify(): Promise<AuditVerifications> {
    const chains = await Promise.all(
      SERVICE_NAMES.map((service) => this.bus.request(serviceOperations[service].verifyAudit, {})),
    );
    return { ok: chains.every((chain) => chain.ok), chains };
  }
}

/** A service's entries are numbered, so its position is the number of the last one shown. */
function advance(positions: Record<string, string>, shown: AuditEntryView[]): Record<string, string> {
  return { ...positions, ...Object.fromEntries(shown.map((entry) => [entry.service, String(entry.seq)])) };
}
