import type { StageNote } from '@alertagent/alerting';
import { bigintNumber, json } from '@alertagent/service-kit';
import type { AlertState, Disposition } from '@alertagent/contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ProcessingRecord } from './processing-record';

/** How one accepted alert event ended. The primary key is the event itself, so none can end twice. */
@Entity('alert_processing_records')
@Index('IX_alert_processing_records_cluster_id', ['cluster_id', 'disposition'])
@Index('IX_alert_processing_records_alert_id', ['alert_id', 'inbox_id'])
export class AlertProcessingRecord implements ProcessingRecord {
  @PrimaryColumn('varchar', { length: 36 }) inbox_id!: string;
  /** Place of the alert in the webhook body. */
  @PrimaryColumn('int') alert_index!: number;
  @Column('varchar', { length: 36 }) cluster_id!: string;
  @Column('varchar', { length: 12 }) disposition!: Disposition;
  @Column('varchar', { length: 10, nullable: true }) event_status!: AlertState | null;
  /** The episode it told about; null when quarantined or about an episode that was never stored. */
  @Column('varchar', { length: 36, nullable: true }) alert_id!: string | null;
  @Column('varchar', { length: 36, nullable: true }) incident_id!: string | null;
  @Column('bigint', { transformer: bigintNumber }) received_at!: number;
  @Column('bigint', { transformer: bigintNumber }) processed_at!: number;
  /** The reason of the disposition, for people. */
  @Column('longtext') why!: string;
  /** Every stage it went through, in order. */
  @Column('longtext', { transformer: json<StageNote[]>() }) stages!: StageNote[];
  /** The policy it was decided with; 0 for records from before there were versions. */
  @Column('int', { default: 0 }) policy_version!: number;
  /** The situation it was decided in, for replays; null for alerts that were set aside. */
  @Column('longtext', { nullable: true }) facts!: string | null;
}
