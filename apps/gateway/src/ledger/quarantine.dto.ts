import { PageQuery } from '@alertagent/contracts';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';

/** Filters of `GET /api/v1/quarantine`. */
export class ListQuarantine extends PageQuery {
  @IsOptional() @IsString() @MaxLength(36) cluster_id?: string;
  @IsOptional() @IsString() @MaxLength(40) code?: string;
}

/** An alert that was set aside. */
export class QuarantinedAlertView {
  @IsString() id!: string;
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  /** Why, from a closed list. */
  @IsString() code!: string;
  /** JSON pointer into the webhook body. */
  @IsString() pointer!: string;
  @IsString() detail!: string;
  /** Id of the stored webhook, and the alert's place in it. */
  @IsString() inbox_id!: string;
  @IsInt() alert_index!: number;
  @IsString() received_at!: string;
  @IsOptional() @IsString() replayed_at!: string | null;
}

export class QuarantinedAlertDetail extends QuarantinedAlertView {
  /** The alert's JSON text as it was received, cut at 64 KiB for display. */
  @IsString() raw!: string;
}

export class QuarantinePage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => QuarantinedAlertView) items!: QuarantinedAlertView[];
  @IsOptional() @IsString() next_cursor!: string | null;
}

export class ReplayedAlert {
  /** Id of the stored webhook the alert went in again with. */
  @IsString() inbox_id!: string;
}
