import { CLOCK_SKEWS, type ClockSkew } from '@alertagent/alerting';
import {
  ALERT_STATES,
  DISPOSITIONS,
  INCIDENT_STATES,
  IsStringMap,
  type AlertState,
  type Disposition,
  type IncidentState,
} from '@alertagent/contracts';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { IncidentMomentView, PriorityFactorView, RouteView } from '../incidents/incident.dto';
import { RouteReasonView } from '../policies/dry-run.dto';
import { StageNoteView } from './decisions.dto';

/** The suppression that hid an alert, as it was then. */
export class HidingSuppression {
  @IsString() id!: string;
  @IsString() name!: string;
  @IsString() kind!: string;
  @IsString() owner!: string;
  @IsString() reason!: string;
  @IsString() starts_at!: string;
  /** Null: without end. */
  @IsOptional() @IsString() ends_at!: string | null;
  /** Where it is changed; null for one of the configuration file. */
  @IsOptional() @IsString() link!: string | null;
}

/** What was decided about one event, and on what grounds. */
export class WhyEvent {
  @IsString() inbox_id!: string;
  @IsInt() alert_index!: number;
  @IsString() received_at!: string;
  /** What the event said; null for one that was set aside. */
  @IsOptional() @IsIn(ALERT_STATES) event_status!: AlertState | null;
  @IsIn(DISPOSITIONS) disposition!: Disposition;
  @IsString() why!: string;
  /** The version of the policy it was decided with; 0 before there were versions. */
  @IsInt() policy_version!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => StageNoteView) stages!: StageNoteView[];
  /** The incident it went to. */
  @IsOptional() @IsString() incident_id!: string | null;
  @IsOptional() @ValidateNested() @Type(() => HidingSuppression) suppressed_by!: HidingSuppression | null;
}

/** A convergence rule that was looked at for an alert. */
export class RuleReasonView {
  @IsString() name!: string;
  @IsBoolean() taken!: boolean;
  @IsString() why!: string;
}

/** The incident an alert belongs to, in short. */
export class IncidentInShort {
  @IsString() id!: string;
  @IsString() title!: string;
  @IsIn(INCIDENT_STATES) status!: IncidentState;
  /** 1 to 5. */
  @IsInt() priority!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => PriorityFactorView) priority_factors!: PriorityFactorView[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => RouteView) routes!: RouteView[];
  /** The incident it was merged into by hand. */
  @IsOptional() @IsString() merged_into!: string | null;
  @IsString() link!: string;
}

/** The whole way of an alert. */
export class AlertWhyView {
  @IsString() alert_id!: string;
  @IsString() name!: string;
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  @IsStringMap() labels!: Record<string, string>;
  @IsIn(ALERT_STATES) status!: AlertState;
  /** What is wrong with its times; null when nothing is. */
  @IsOptional() @IsIn(CLOCK_SKEWS) clock_skew!: ClockSkew | null;
  /** Where it stands, in a sentence. */
  @IsString() summary!: string;
  @IsInt() event_count!: number;
  /** Of very many events the first and the last fifty. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => WhyEvent) events!: WhyEvent[];
  @IsBoolean() events_shortened!: boolean;
  /** Its first events are older than the retention: they are in the archive, and neither listed nor counted here. */
  @IsBoolean() events_archived!: boolean;
  @IsOptional() @ValidateNested() @Type(() => IncidentInShort) incident!: IncidentInShort | null;
  /** What hides it now. */
  @IsOptional() @ValidateNested() @Type(() => HidingSuppression) suppressed_by!: HidingSuppression | null;
  /** The version that the two lists below are explained with: that of the first decision. Null when it is not known. */
  @IsOptional() @IsInt() explained_with!: number | null;
  /** Which convergence rule it fell under, and why not the ones before. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleReasonView) convergence!: RuleReasonView[];
  /** Which routes it takes, and why not the others. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => RouteReasonView) routes!: RouteReasonView[];
}

/** Alerts that joined, by cluster. */
export class JoinedFromCluster {
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  @IsInt() alerts!: number;
  @IsInt() firing!: number;
}

/** One alert that joined. */
export class JoinedAlert {
  @IsString() alert_id!: string;
  @IsString() name!: string;
  @IsOptional() @IsString() severity!: string | null;
  @IsIn(ALERT_STATES) status!: AlertState;
  @IsString() received_at!: string;
  /** Why it joined; null when its first event is not stored any more. */
  @IsOptional() @IsString() why!: string | null;
}

/** What joined an incident. */
export class JoinedSummary {
  @IsInt() alerts!: number;
  @IsInt() firing!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => JoinedFromCluster) clusters!: JoinedFromCluster[];
  /** The first twenty. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => JoinedAlert) first!: JoinedAlert[];
  /** Lists them all. */
  @IsString() link!: string;
}

/** The whole life of an incident. */
export class IncidentWhyView {
  @IsString() incident_id!: string;
  @IsString() title!: string;
  @IsIn(INCIDENT_STATES) status!: IncidentState;
  /** Where it stands, in a sentence. */
  @IsString() summary!: string;
  /** The convergence rule and the version of the policy that opened it. */
  @IsOptional() @IsString() convergence!: string | null;
  @IsInt() policy_version!: number;
  /** The event that opened it; null when it is not stored any more. */
  @IsOptional() @ValidateNested() @Type(() => WhyEvent) opened_by!: WhyEvent | null;
  @ValidateNested() @Type(() => JoinedSummary) joined!: JoinedSummary;
  @IsInt() priority!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => PriorityFactorView) priority_factors!: PriorityFactorView[];
  /** How severity and priority rose. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => IncidentMomentView) priority_changes!: IncidentMomentView[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => IncidentMomentView) storms!: IncidentMomentView[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => RouteView) routes!: RouteView[];
  /** Why it takes no more alerts, if so. */
  @IsOptional() @ValidateNested() @Type(() => IncidentMomentView) closed!: IncidentMomentView | null;
  /** Why it is resolved, if so. */
  @IsOptional() @ValidateNested() @Type(() => IncidentMomentView) resolved!: IncidentMomentView | null;
  /** Everything that happened to it, the first thousand moments. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => IncidentMomentView) timeline!: IncidentMomentView[];
}
