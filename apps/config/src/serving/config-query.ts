import { parseGoDuration } from '@alertagent/alerting';
import { CONFIG_TYPES, type ConfigType } from '@alertagent/contracts';
import { IsIn, IsOptional, IsString, MaxLength, ValidateBy } from 'class-validator';

/** Longer waits are cut: proxies and load balancers give up on silent connections. */
const MAX_WAIT_MS = 60_000;

const IsWait = (): PropertyDecorator =>
  ValidateBy({
    name: 'isWait',
    validator: {
      validate: (value) => typeof value === 'string' && parseGoDuration(value) !== null,
      defaultMessage: () => 'expected a duration such as 30s',
    },
  });

/** Query of `GET /api/v1/configs`. */
export class ConfigQuery {
  /** Id or name; it must be the cluster of the token. */
  @IsString() @MaxLength(100) cluster_id!: string;
  @IsIn(CONFIG_TYPES) type!: ConfigType;
  /** How long to hold the request when nothing is newer than `If-None-Match`, e.g. `30s`; at most a minute. */
  @IsOptional() @IsWait() @MaxLength(20) wait?: string;
}

/** The wait in milliseconds; 0 when none was asked for. */
export const waitMs = (query: ConfigQuery): number =>
  Math.min(MAX_WAIT_MS, query.wait ? (parseGoDuration(query.wait) ?? 0) : 0);
