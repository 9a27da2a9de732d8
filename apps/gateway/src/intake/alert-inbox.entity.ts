import { bigintNumber } from '@alertagent/service-kit';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One webhook body, stored before it is acknowledged and kept as it came. */
@Entity('alert_inbox')
@Index('IX_alert_inbox_turn', ['state', 'cluster_id', 'id'])
@Index('IX_alert_inbox_cluster_id', ['cluster_id', 'state', 'alert_count'])
export class AlertInbox {
  /** UUIDv7: the order of acceptance. */
  @PrimaryColumn('varchar', { length: 36 }) id!: string;
  @Column('varchar', { length: 36 }) cluster_id!: string;
  @Column('bigint', { transformer: bigintNumber }) received_at!: number;
  /** All alerts of the body; each ends in one processing record. */
  @Column('int') alert_count!: number;
  /** Those that the intake found processable. */
  @Column('int') good_count!: number;
  @Column('int') state!: number;
  /** How often the pipeline failed on this row alone. */
  @Column('int') attempts!: number;
  /** Not before this time; later than `received_at` only after a failure. */
  @Column('bigint', { transformer: bigintNumber }) due_at!: number;
  @Column('bigint', { transformer: bigintNumber, nullable: true }) processed_at!: number | null;
  @Column('varchar', { length: 255, nullable: true }) last_error!: string | null;
  @Column('longtext') body!: string;
  /** The form of the body, with the severity of its address if that supplies one; null is Alertmanager's own. */
  @Column('varchar', { length: 30, nullable: true }) format!: string | null;
  /** The source it came to and its version then, whose mapping reads the body. */
  @Column('varchar', { length: 36, nullable: true }) source_id!: string | null;
  @Column('int', { nullable: true }) source_version!: number | null;
}
