import { bigintNumber, json } from '@alertagent/service-kit';
import type { AnalysisView, DecisionView, IncidentState } from '@alertagent/contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A converged group of alerts: what people see and act on. */
@Entity('incidents')
@Index('UQ_incidents_open_key', ['open_key'], { unique: true })
@Index('IX_incidents_status', ['status', 'id'])
@Index('IX_incidents_cluster_id', ['cluster_id', 'id'])
export class Incident {
  @PrimaryColumn('varchar', { length: 36 }) id!: string;
  @Column('varchar', { length: 36 }) cluster_id!: string;
  @Column('varchar', { length: 64 }) group_key!: string;
  /** The group key while this is the incident that takes the group's alerts, else null: one per group, even with many workers. */
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
}
