import {
  AnalysisView,
  ClusterShare,
  DecisionView,
  EscalationView,
  INCIDENT_STATES,
  IsStringMap,
  PageQuery,
  type IncidentState,
} from '@alertagent/contracts';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { AlertView } from '../alerts/alert.dto';
import { NoteView } from './incident-operations.dto';

/** From the most to the least urgent. */
export const PRIORITIES = ['P1', 'P2', 'P3', 'P4', 'P5'] as const;
export type PriorityName = (typeof PRIORITIES)[number];

const YES_OR_NO = ['true', 'false'] as const;
type YesOrNo = (typeof YES_OR_NO)[number];

/** Filters of `GET /api/v1/incidents`. */
export class ListIncidents extends PageQuery {
  @IsOptional() @IsIn(INCIDENT_STATES) status?: IncidentState;
  /** The cluster of the first alert, by id. */
  @IsOptional() @IsString() @MaxLength(36) cluster_id?: string;
  /** Any cluster with alerts in it, by id or name. */
  @IsOptional() @IsString() @MaxLength(200) cluster?: string;
  @IsOptional() @IsIn(PRIORITIES) priority?: PriorityName;
  /** A team that it is routed to. */
  @IsOptional() @IsString() @MaxLength(200) team?: string;
  /** Somebody works on it. */
  @IsOptional() @IsIn(YES_OR_NO) acknowledged?: YesOrNo;
  @IsOptional() @IsIn(YES_OR_NO) snoozed?: YesOrNo;
  @IsOptional() @IsIn(YES_OR_NO) flapping?: YesOrNo;
  @IsOptional() @IsIn(YES_OR_NO) storm?: YesOrNo;
  /** Part of the title, in upper or lower case. */
  @IsOptional() @IsString() @MaxLength(200) q?: string;
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
  /** How urgent it is: `P1` to `P5`; what that follows from is in the detail. */
  @IsIn(PRIORITIES) priority!: PriorityName;
  /** The teams that the policy routes it to. */
  @IsArray() @IsString({ each: true }) teams!: string[];
  /** The workflow that the policy routes it to. */
  @IsOptional() @IsString() workflow!: string | null;
  /** Its alerts by cluster; more than one when the same cause shows in several. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => ClusterShare) clusters!: ClusterShare[];
  /** So many alerts arrive that single ones are not reported any more. */
  @IsBoolean() storm!: boolean;
  /** At least one of its alerts keeps changing its state. */
  @IsBoolean() flapping!: boolean;
  /** Who works on it; null when nobody said so, or no longer. */
  @IsOptional() @IsString() acknowledged_by!: string | null;
  @IsOptional() @IsString() acknowledged_at!: string | null;
  /** Null while acknowledged: until it is taken back. */
  @IsOptional() @IsString() acknowledged_until!: string | null;
  @IsOptional() @IsString() snoozed_until!: string | null;
  /** All its alerts have ended; it is resolved at this time unless one comes back. */
  @IsOptional() @IsString() settle_at!: string | null;
  /** The incident that has its alerts now. */
  @IsOptional() @IsString() merged_into!: string | null;
  /** The next alerts of its group join it, as long as the policy allows. */
  @IsBoolean() takes_alerts!: boolean;
  /** The rule behind it, for those that AlertAgent distributes. */
  @IsOptional() @IsString() rule_id!: string | null;
  @IsOptional() @IsInt() rule_version!: number | null;
  /** The version of the policy that it was opened by. */
  @IsInt() policy_version!: number;
}

/** One part of a priority's score. */
export class PriorityFactorView {
  @IsString() factor!: string;
  @IsInt() points!: number;
  @IsString() why!: string;
}

/** A way through the routing tree. */
export class RouteView {
  /** Names of the nodes from the root to the one that took it. */
  @IsArray() @IsString({ each: true }) path!: string[];
  @IsOptional() @IsString() workflow!: string | null;
  @IsOptional() @IsString() team!: string | null;
}

export class IncidentPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => IncidentView) items!: IncidentView[];
  /** Where the next page begins; null at the end. A page of a search may be short, or empty, and still have one. */
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
  /** What its priority follows from. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => PriorityFactorView) priority_factors!: PriorityFactorView[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => RouteView) routes!: RouteView[];
  /** The convergence rule that it was opened by. */
  @IsOptional() @IsString() convergence!: string | null;
  /** The newest fifty; `GET …/notes` lists them all. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => NoteView) notes!: NoteView[];
}
