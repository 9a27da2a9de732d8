import type { PriorityFactor, RouteTaken } from '@alertagent/alerting';
import { bigintNumber, json } from '@alertagent/service-kit';
import type { AnalysisView, DecisionView, IncidentState } from '@alertagent/contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { IncidentShares } from './incident-shares';

/** A converged group of alerts: what people see and act on. Times in epoch milliseconds. */
@Entity('incidents')
@Index('UQ_incidents_open_key', ['open_key'], { unique: true })
@Index('IX_incidents_status', ['status', 'id'])
@Index('IX_incidents_cluster_id', ['cluster_id', 'id'])
@Index('IX_incidents_scope_key', ['scope_key', 'last_alert_at'])
@Index('IX_incidents_settle_at', ['settle_at'])
@Index('IX_incidents_acknowledged_until', ['acknowledged_until'])
@Index('IX_incidents_merged_into', ['merged_into'])
@Index('IX_incidents_rule_id', ['rule_id', 'status'])
@Index('IX_incidents_group_key', ['group_key', 'opened_at'])
@Index('IX_incidents_priority', ['priority', 'id'])
export class Incident {
  @PrimaryColumn('varchar', { length: 36 }) id!: string;
  /** The cluster of its first alert. */
  @Column('varchar', { length: 36 }) cluster_id!: string;
  @Column('varchar', { length: 64 }) group_key!: string;
  /**
   * The group key while this is the incident that takes the group's alerts, or passes them on to the one it was merged into; else null.
   * One per group, even with many workers.
   */
  @Column('varchar', { length: 64, nullable: true }) open_key!: string | null;
  @Column('varchar', { length: 500 }) title!: string;
  /** The highest severity seen among its alerts. */
  @Column('varchar', { length: 100, nullable: true }) severity!: string | null;
  @Column('int') severity_rank!: number;
  @Column('varchar', { length: 10 }) status!: IncidentState;
  @Column('longtext', { transformer: json<Record<string, string>>() }) group_labels!: Record<string, string>;
  @Column('int') alert_count!: number;
  @Column('int') firing_count!: number;
  @Column('bigint', { transformer: bigintNumber }) opened_at!: number;
  @Column('bigint', { transformer: bigintNumber }) last_alert_at!: number;
  @Column('bigint', { transformer: bigintNumber, nullable: true }) resolved_at!: number | null;
  @Column('longtext', { transformer: json<AnalysisView>(), nullable: true }) analysis!: AnalysisView | null;
  /** When the analysis shown was completed; an older one that arrives later is ignored. */
  @Column('bigint', { transformer: bigintNumber, nullable: true }) analysis_at!: number | null;
  @Column('longtext', { transformer: json<DecisionView>(), nullable: true }) decision!: DecisionView | null;
  @Column('bigint', { transformer: bigintNumber, nullable: true }) decision_at!: number | null;
  /** The version of the policy that it was opened by. */
  @Column('int', { default: 0 }) policy_version!: number;
  /** The convergence rule that it was opened by. */
  @Column('varchar', { length: 100, nullable: true }) convergence!: string | null;
  @Column('varchar', { length: 64, nullable: true }) scope_key!: string | null;
  /** What text similarity compares. */
  @Column('longtext', { nullable: true }) text!: string | null;
  /** 1 (most urgent) to 5. */
  @Column('int', { default: 3 }) priority!: number;
  @Column('longtext', { transformer: json<PriorityFactor[]>(), nullable: true }) priority_factors!:
    PriorityFactor[] | null;
  @Column('longtext', { transformer: json<RouteTaken[]>(), nullable: true }) routes!: RouteTaken[] | null;
  @Column('longtext', { transformer: json<IncidentShares>(), nullable: true }) breakdown!: IncidentShares | null;
  @Column('bigint', { transformer: bigintNumber, nullable: true }) burst_from!: number | null;
  @Column('int', { default: 0 }) burst_count!: number;
  @Column('bigint', { transformer: bigintNumber, nullable: true }) storm_at!: number | null;
  @Column('boolean', { default: false }) flapping!: boolean;
  /** All members have ended; it is resolved at this time unless one comes back. */
  @Column('bigint', { transformer: bigintNumber, nullable: true }) settle_at!: number | null;
  @Column('varchar', { length: 36, nullable: true }) rule_id!: string | null;
  @Column('int', { nullable: true }) rule_version!: number | null;
  @Column('varchar', { length: 200, nullable: true }) acknowledged_by!: string | null;
  @Column('bigint', { transformer: bigintNumber, nullable: true }) acknowledged_at!: number | null;
  /** Null: until somebody takes it back. */
  @Column('bigint', { transformer: bigintNumber, nullable: true }) acknowledged_until!: number | null;
  @Column('bigint', { transformer: bigintNumber, nullable: true }) snoozed_until!: number | null;
  @Column('varchar', { length: 36, nullable: true }) merged_into!: string | null;
}
