import {
  Done,
  PageQuery,
  ParkedMessagePage,
  SERVICE_NAMES,
  ServiceError,
  serviceOperations,
  type ServiceName,
} from '@alertagent/contracts';
import { Bus, QueryParams, RequireRole } from '@alertagent/service-kit';
import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { IsIn, IsOptional } from 'class-validator';
import { Operation } from '../openapi/operation.decorator';
import { decodePositions, encodePositions } from './positions';

export class ListParked extends PageQuery {
  @IsOptional() @IsIn(SERVICE_NAMES) service?: ServiceName | null;
}

/** Events no attempt could handle, of all services: look, replay after the cause is mended, or delete. */
@Controller('api/v1/parked-events')
export class ParkedController {
  constructor(private readonly bus: Bus) {}

  @Get()
  @RequireRole('operator')
  @Operation({ summary: 'List parked events, service by service', query: ListParked, response: ParkedMessagePage })
  async list(@QueryParams(ListParked) query: ListParked): Promise<ParkedMessagePage> {
    const limit = query.limit ?? 50;
    const services: readonly ServiceName[] = query.service ? [query.service] : SERVICE_NAMES;
    const { service: at = services[0] ?? '', cursor } = decodePositions(query.cursor);
    const items: ParkedMessagePage['items'] = [];
    let from: string | null = cursor ?? null;
    for (const service of services.slice(services.indexOf(serviceNamed(at)))) {
      const page = await this.bus.request(serviceOperations[service].listParked, {
        limit: limit - items.length,
        cursor: from,
      });
      items.push(...page.items);
      if (page.next_cursor) return { items, next_cursor: encodePositions({ service, cursor: page.next_cursor }) };
      from = null;
      const next = services[services.indexOf(service) + 1];
      if (items.length === limit && next) return { items, next_cursor: encodePositions({ service: next }) };
    }
    return { items, next_cursor: null };
  }

  @Post(':service/:id/replay')
  @HttpCode(200)
  @RequireRole('admin')
  @Operation({ summary: 'Give a parked event to its handler again', response: Done })
  replay(@Param('service') service: string, @Param('id') id: string): Promise<Done> {
    return this.bus.request(serviceOperations[serviceNamed(service)].replayParked, { id });
  }

  @Delete(':service/:id')
  @HttpCode(204)
  @RequireRole('admin')
  @Operation({ summary: 'Delete a parked event for good', status: 204 })
  async delete(@Param('service') service: string, @Param('id') id: string): Promise<void> {
    await this.bus.request(serviceOperations[serviceNamed(service)].deleteParked, { id });
  }
}

function serviceNamed(name: string): ServiceName {
  const found = SERVICE_NAMES.find((service) => service === name);
  if (!found) throw new ServiceError('not_found', 'there is no such service');
  return found;
}
