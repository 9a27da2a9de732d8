import {
  AnalysisView,
  DecisionView,
  EscalationView,
  INCIDENT_STATES,
  IsStringMap,
  PageQuery,
  type IncidentState,
} from '@alertagent/contracts';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { AlertView } from '../alerts/alert.dto';

/** Filters of `GET /api/v1/incidents`. */
export class ListIncidents extends PageQuery {
  @IsOptional() @IsIn(INCIDENT_STATES) status?: IncidentState;
  @IsOptional() @IsString() @MaxLength(36) cluster_id?: string;
  @IsOptional() @IsString() @MaxLength(100) severity?: string;
}

/** A converged group of alerts. */
export class IncidentView {
  @IsString() id!: string;
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  @IsString() title!: string;
  /** The highest severity seen among its alerts. */
  @IsOptional() @IsString() severity!: string | null;
  @IsIn(INCIDENT_STATES) status!: IncidentState;
  /** The labels its alerts share. */
  @IsStringMap() group_labels!: Record<string, string>;
  @IsInt() alert_count!: number;
  @IsInt() firing_count!: number;
  @IsString() opened_at!: string;
  @IsString() last_alert_at!: string;
  @IsOptional() @IsString() resolved_at!: string | null;
  /** What was decided, in a word; the whole decision is in the detail. */
  @IsOptional() @IsString() decision_action!: string | null;
}

export class IncidentPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => IncidentView) items!: IncidentView[];
  @IsOptional() @IsString() next_cursor!: string | null;
}

/** One moment in the life of an incident. */
export class IncidentMomentView {
  @IsString() at!: string;
  @IsString() kind!: string;
  @IsString() why!: string;
  @IsOptional() @IsString() alert_id!: string | null;
}

export class IncidentDetail extends IncidentView {
  /** The first hundred; `GET /api/v1/alerts?incident_id=` lists them all. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => AlertView) alerts!: AlertView[];
  @IsOptional() @ValidateNested() @Type(() => AnalysisView) analysis!: AnalysisView | null;
  @IsOptional() @ValidateNested() @Type(() => DecisionView) decision!: DecisionView | null;
  @IsArray() @ValidateNested({ each: true }) @Type(() => EscalationView) escalations!: EscalationView[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => IncidentMomentView) timeline!: IncidentMomentView[];
}
