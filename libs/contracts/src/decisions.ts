import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsString, ValidateNested } from 'class-validator';
import { defineEvent } from './contract';

export const DECISION_ACTIONS = ['auto_resolve', 'immediate_escalation', 'smart_routing', 'manual_review'] as const;
export type DecisionAction = (typeof DECISION_ACTIONS)[number];

export const PRIORITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Priority = (typeof PRIORITIES)[number];

export class DecisionView {
  @IsString() id!: string;
  @IsString() incident_id!: string;
  @IsString() analysis_id!: string;
  @IsIn(DECISION_ACTIONS) action!: DecisionAction;
  @IsString() reason!: string;
  @IsIn(PRIORITIES) priority!: Priority;
  @IsBoolean() escalation_required!: boolean;
  @IsOptional() @IsString() target_team?: string | null;
  /** Which thresholds decided, so that the decision can be replayed. */
  @IsString() policy_version!: string;
  @IsString() decided_at!: string;
}

export class DecisionMade {
  @IsString() incident_id!: string;
  @ValidateNested() @Type(() => DecisionView) decision!: DecisionView;
}

const owner = 'ai' as const;

/** The decision engine decided on an incident. */
export const decisionMade = defineEvent({
  owner,
  subject: 'alertagent.ai.v1.decision-made',
  payload: DecisionMade,
  key: 'incident_id',
});
