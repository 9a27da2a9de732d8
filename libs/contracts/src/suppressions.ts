import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, MaxLength, MinLength, ValidateNested } from 'class-validator';
import { defineRequest } from './contract';
import { Actor, Done } from './kit';
import { IsUtcTime } from './validators';

/** Alerts that AlertAgent is to hide for a while, as a suppression of kind `maintenance`. */
export class SuppressAlerts {
  @IsString() @MinLength(1) @MaxLength(200) name!: string;
  @IsString() @MinLength(1) @MaxLength(2000) reason!: string;
  /** Id or name of the cluster whose alerts are hidden. */
  @IsString() @MinLength(1) @MaxLength(100) cluster!: string;
  /** Alertmanager matchers; all must hold. */
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(50) @IsString({ each: true }) match!: string[];
  @IsUtcTime() ends_at!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class SuppressionMade {
  @IsString() id!: string;
}

export class EndSuppression {
  @IsString() @MaxLength(100) id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

const owner = 'gateway' as const;

/** Hides alerts from now on. Not idempotent: two requests make two suppressions. */
export const suppressAlerts = defineRequest({
  owner,
  subject: 'alertagent.gateway.v1.suppress-alerts',
  request: SuppressAlerts,
  reply: SuppressionMade,
});
/** Ends it now; one that is over already stays so. */
export const endSuppression = defineRequest({
  owner,
  subject: 'alertagent.gateway.v1.end-suppression',
  request: EndSuppression,
  reply: Done,
});
