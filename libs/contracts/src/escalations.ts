import { Type } from 'class-transformer';
import { IsArray, IsIn, IsObject, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { defineEvent, defineRequest } from './contract';
import { PRIORITIES, type Priority } from './decisions';
import { Actor, PageQuery } from './kit';

/** Body of `POST /api/v1/alerts/escalate`. */
export class EscalationInput {
  @IsString() @MaxLength(100) alert_id!: string;
  @IsOptional() @IsString() @MaxLength(100) escalation_type?: string | null;
  @IsOptional() @IsString() @MaxLength(200) target_team?: string | null;
  @IsOptional() @IsIn(PRIORITIES) priority?: Priority | null;
  @IsOptional() @IsString() @MaxLength(4000) reason?: string | null;
  /** Whatever the workflow wants kept beside it; at most 64 KiB, shown, never interpreted. */
  @IsOptional() @IsObject() analysis?: object | null;
}

export class Escalate extends EscalationInput {
  @IsOptional() @IsString() incident_id?: string | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class EscalationView {
  @IsString() id!: string;
  @IsString() alert_id!: string;
  @IsOptional() @IsString() incident_id?: string | null;
  @IsString() escalation_type!: string;
  @IsOptional() @IsString() target_team?: string | null;
  @IsIn(PRIORITIES) priority!: Priority;
  @IsOptional() @IsString() reason?: string | null;
  /** What the asking workflow wanted kept beside it. */
  @IsOptional() @IsObject() analysis?: object | null;
  /** `decision` when AlertAgent decided it, else the name of the token that asked. */
  @IsString() requested_by!: string;
  @IsString() created_at!: string;
}

export class EscalationPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => EscalationView) items!: EscalationView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class ListByIncident extends PageQuery {
  @IsOptional() @IsString() @MaxLength(100) incident_id?: string | null;
  @IsOptional() @IsString() @MaxLength(100) alert_id?: string | null;
}

export class EscalationRaised {
  @IsString() escalation_id!: string;
  @ValidateNested() @Type(() => EscalationView) escalation!: EscalationView;
}

const owner = 'ai' as const;

/** An alert or incident was escalated to people. */
export const escalationRaised = defineEvent({
  owner,
  subject: 'alertagent.ai.v1.escalation-raised',
  payload: EscalationRaised,
  key: 'escalation_id',
});
export const escalate = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.escalate',
  request: Escalate,
  reply: EscalationView,
});
export const listEscalations = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.list-escalations',
  request: ListByIncident,
  reply: EscalationPage,
});
