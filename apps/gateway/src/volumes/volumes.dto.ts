import { Type } from 'class-transformer';
import { IsArray, IsISO8601, IsInt, IsOptional, IsString, Matches, MaxLength, ValidateNested } from 'class-validator';

/** What `GET /api/v1/alerts/volumes` is asked for. */
export class ShowVolumes {
  /** The last hour unless told. */
  @IsOptional() @IsISO8601({ strict: true }) from?: string;
  @IsOptional() @IsISO8601({ strict: true }) to?: string;
  /** Minutes, hours or days that are summed up: `1m` unless told. */
  @IsOptional() @Matches(/^[1-9]\d{0,3}[mhd]$/) step?: string;
  @IsOptional() @IsString() @MaxLength(36) cluster_id?: string;
}

/** Alert events in one step, by what became of them. */
export class VolumePoint {
  /** Beginning of the step. */
  @IsString() at!: string;
  @IsString() cluster_name!: string;
  @IsString() disposition!: string;
  /** The rank of the severity label: none, info, low, warning, high, critical. */
  @IsString() severity!: string;
  @IsInt() alerts!: number;
}

export class VolumesView {
  @IsArray() @ValidateNested({ each: true }) @Type(() => VolumePoint) items!: VolumePoint[];
}
