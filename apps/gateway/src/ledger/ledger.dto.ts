import { DispositionCounts } from '@alertagent/contracts';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';

/** Filter of `GET /api/v1/ledger`. */
export class ShowLedger {
  @IsOptional() @IsString() @MaxLength(36) cluster_id?: string;
}

/** The conservation law: every alert that was acknowledged waits, or ended in exactly one disposition. */
export class LedgerAccount {
  /** Alerts in acknowledged webhooks, those set aside included. */
  @IsInt() accepted!: number;
  /** Of them, those the pipeline has not processed yet. */
  @IsInt() pending!: number;
  @ValidateNested() @Type(() => DispositionCounts) dispositions!: DispositionCounts;
  /** `accepted = pending + Σ dispositions`. False means that something was lost or counted twice. */
  @IsBoolean() balanced!: boolean;
}

export class ClusterLedger extends LedgerAccount {
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
}

export class LedgerView extends LedgerAccount {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ClusterLedger) clusters!: ClusterLedger[];
}
