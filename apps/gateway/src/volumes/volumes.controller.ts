import { ServiceError } from '@alertagent/contracts';
import { Clock, QueryParams, RequireRole } from '@alertagent/service-kit';
import { Controller, Get } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';
import { AlertVolumes } from './alert-volumes';
import { ShowVolumes, VolumesView } from './volumes.dto';

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const HOUR_MS = 3_600_000;

/** How many alerts came. */
@Controller('api/v1/alerts/volumes')
export class VolumesController {
  constructor(
    private readonly volumes: AlertVolumes,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequireRole('viewer')
  @Operation({
    summary: 'Show how many alerts came, by time and what became of them',
    query: ShowVolumes,
    response: VolumesView,
  })
  async show(@QueryParams(ShowVolumes) { from, to, step = '1m', cluster_id }: ShowVolumes): Promise<VolumesView> {
    const end = to === undefined ? this.clock.now().getTime() : timeOf('to', to);
    const range = {
      from: from === undefined ? end - HOUR_MS : timeOf('from', from),
      to: end,
      step: Number(step.slice(0, -1)) * UNITS[step.slice(-1)]!,
      clusterId: cluster_id,
    };
    const volumes = await this.volumes.between(range);
    const items = volumes.map(({ bucket, cluster, disposition, severity, alerts }) => ({
      at: new Date(bucket).toISOString(),
      cluster_name: cluster,
      disposition,
      severity,
      alerts,
    }));
    return { items };
  }
}

function timeOf(field: string, text: string): number {
  const ms = Date.parse(text);
  if (!Number.isNaN(ms)) return ms;
  const detail = 'there is no such time';
  throw new ServiceError('invalid', detail, { errors: [{ pointer: `/${field}`, code: 'bad_time', detail }] });
}
