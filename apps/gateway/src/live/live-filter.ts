import { ServiceError } from '@alertagent/contracts';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { LIVE_KINDS, type LiveEvent } from './live-event';

/** Filters of `GET /api/v1/live`. */
export class LiveQuery {
  /** Id of a cluster; events of others are left out. */
  @IsOptional() @IsString() @MaxLength(36) cluster_id?: string;
  /** Events of other severities, or without one, are left out. */
  @IsOptional() @IsString() @MaxLength(100) severity?: string;
  /** Kinds of events, separated by commas, such as `incident-opened,incident-resolved`; all unless told. */
  @IsOptional() @IsString() @MaxLength(500) kinds?: string;
}

/** Decides which events one client gets. */
export type LiveFilter = (event: LiveEvent) => boolean;

/** Makes the filter of a query. Error: `invalid` for a kind that does not exist. */
export function liveFilter({ cluster_id, severity, kinds }: LiveQuery): LiveFilter {
  const wanted = kindsOf(kinds);
  return (event) =>
    event.kind !== null &&
    (wanted === null || wanted.has(event.kind)) &&
    (cluster_id === undefined || event.clusters.includes(cluster_id)) &&
    (severity === undefined || event.isPartial || event.severities.includes(severity));
}

function kindsOf(text: string | undefined): ReadonlySet<string> | null {
  if (text === undefined) return null;
  const kinds = text.split(',').map((kind) => kind.trim());
  if (kinds.every((kind) => LIVE_KINDS.includes(kind))) return new Set(kinds);
  const detail = `must be some of ${LIVE_KINDS.join(', ')}, separated by commas`;
  throw new ServiceError('invalid', `kinds ${detail}`, { errors: [{ pointer: '/kinds', code: 'one_of', detail }] });
}
