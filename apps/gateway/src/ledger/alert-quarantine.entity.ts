import { bigintNumber } from '@alertagent/service-kit';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An alert that cannot be processed, kept as it came until somebody deletes it or the retention archives it. */
@Entity('alert_quarantine')
@Index('UQ_alert_quarantine_inbox_id', ['inbox_id', 'alert_index'], { unique: true })
@Index('IX_alert_quarantine_cluster_id', ['cluster_id', 'id'])
export class AlertQuarantine {
  @PrimaryColumn('varchar', { length: 36 }) id!: string;
  @Column('varchar', { length: 36 }) inbox_id!: string;
  @Column('int') alert_index!: number;
  @Column('varchar', { length: 36 }) cluster_id!: string;
  /** Why, from a closed list. */
  @Column('varchar', { length: 40 }) code!: string;
  /** JSON pointer into the webhook body. */
  @Column('longtext') pointer!: string;
  @Column('longtext') detail!: string;
  /** The alert's JSON text, byte for byte as received; of a mapped message with what surrounded the alert. */
  @Column('longtext') raw!: string;
  @Column('bigint', { transformer: bigintNumber }) received_at!: number;
  @Column('bigint', { transformer: bigintNumber, nullable: true }) replayed_at!: number | null;
  /** The inbox row its replay went in as. */
  @Column('varchar', { length: 36, nullable: true }) replayed_as!: string | null;
  /** How the webhook was read it came with, see the inbox; null is Alertmanager's own format. */
  @Column('varchar', { length: 30, nullable: true }) format!: string | null;
  @Column('varchar', { length: 36, nullable: true }) source_id!: string | null;
  @Column('int', { nullable: true }) source_version!: number | null;
}
