import { WEBHOOK_FORMATS, type FieldMapping, type WebhookFormat } from '@alertagent/alerting';
import { IsCleanText, PageQuery } from '@alertagent/contracts';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';

/** Body of `POST` and `PUT /api/v1/alerts/sources`. */
export class AlertSourceInput {
  @IsCleanText() @MaxLength(200) name!: string;
  /** Id or name of the cluster whose webhook token the source sends with; it cannot be changed later. */
  @IsString() @MaxLength(200) cluster!: string;
  /** `mapped` needs a mapping, the others take none. */
  @IsIn(WEBHOOK_FORMATS) format!: WebhookFormat;
  /** How its messages become alerts: `labels`, `annotations`, `status`, `list`, `starts_at` and so on. */
  @IsOptional() @IsObject() mapping?: Record<string, unknown> | null;
}

export class AlertSourceView {
  @IsString() id!: string;
  @IsString() name!: string;
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  @IsIn(WEBHOOK_FORMATS) format!: string;
  @IsOptional() @IsObject() mapping!: FieldMapping | null;
  @IsInt() version!: number;
  /** Where it sends to, with the cluster's webhook token. */
  @IsString() path!: string;
  @IsString() created_at!: string;
  @IsString() updated_at!: string;
}

export class AlertSourcePage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => AlertSourceView) items!: AlertSourceView[];
  @IsOptional() @IsString() next_cursor!: string | null;
}

/** Filters of `GET /api/v1/alerts/sources`. */
export class ListAlertSources extends PageQuery {
  @IsOptional() @IsString() @MaxLength(36) cluster_id?: string;
}

/** Body of `POST /api/v1/alerts/sources/preview`. */
export class AlertSourcePreviewInput {
  @IsIn(WEBHOOK_FORMATS) format!: WebhookFormat;
  @IsOptional() @IsObject() mapping?: Record<string, unknown> | null;
  /** A message as the source sends it: any JSON. */
  @IsDefined() sample!: unknown;
}

export class PreviewedAlert {
  /** Its place in the message's list. */
  @IsInt() index!: number;
  @IsIn(['firing', 'resolved']) status!: 'firing' | 'resolved';
  @IsString() name!: string;
  @IsOptional() @IsString() severity!: string | null;
  @IsObject() labels!: Record<string, string>;
  @IsObject() annotations!: Record<string, string>;
  @IsString() starts_at!: string;
  /** The message says no start: the alert begins when it is first received. */
  @IsBoolean() start_assumed!: boolean;
  @IsOptional() @IsString() ends_at!: string | null;
  @IsOptional() @IsString() generator_url!: string | null;
}

/** One thing that is wrong with a mapping or a sample. */
export class SourceProblem {
  @IsString() pointer!: string;
  @IsString() code!: string;
  @IsString() detail!: string;
}

export class AlertSourcePreview {
  @IsArray() @ValidateNested({ each: true }) @Type(() => PreviewedAlert) alerts!: PreviewedAlert[];
  /** What is wrong, each with a pointer that begins with /mapping or /sample; alerts named here would be set aside. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => SourceProblem) problems!: SourceProblem[];
}
