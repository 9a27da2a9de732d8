import { bigintNumber, json } from '@alertagent/service-kit';
import type { ClockSkew } from '@alertagent/alerting';
import type { AlertState } from '@alertagent/contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { StoredAlert } from './stored-alert';

/** One episode: an alert from the moment it fires to its resolution. */
@Entity('alerts')
@Index('UQ_alerts_episode_key', ['episode_key'], { unique: true })
@Index('IX_alerts_label_hash', ['label_hash', 'starts_at_ms'])
@Index('IX_alerts_incident_id', ['incident_id', 'id'])
@Index('IX_alerts_name', ['name', 'id'])
@Index('IX_alerts_cluster_id', ['cluster_id', 'status', 'id'])
@Index('IX_alerts_suppressed_by', ['suppressed_by', 'status', 'id'])
@Index('IX_alerts_status', ['status', 'id'])
@Index('IX_alerts_severity', ['severity', 'id'])
export class Alert implements StoredAlert {
  @PrimaryColumn('varchar', { length: 36 }) id!: string;
  /** Identity for ever: cluster, labels and start. Two workers that see the same first alert meet here. */
  @Column('varchar', { length: 64 }) episode_key!: string;
  /** The alert whenever it fires: cluster and labels. */
  @Column('varchar', { length: 64 }) label_hash!: string;
  @Column('varchar', { length: 36 }) cluster_id!: string;
  /** The incident it belongs to; null while suppressed, and for alerts first heard of when they were over. */
  @Column('varchar', { length: 36, nullable: true }) incident_id!: string | null;
  /** The first 255 characters of the alert name, for filtering; the labels hold it whole. */
  @Column('varchar', { length: 255 }) name!: string;
  @Column('varchar', { length: 100, nullable: true }) severity!: string | null;
  @Column('varchar', { length: 10 }) status!: AlertState;
  /** As received, nanoseconds included. */
  @Column('varchar', { length: 64 }) starts_at!: string;
  @Column('bigint', { transformer: bigintNumber }) starts_at_ms!: number;
  @Column('bigint', { transformer: bigintNumber, nullable: true }) ends_at_ms!: number | null;
  /** When the webhook that first told of it arrived. */
  @Column('bigint', { transformer: bigintNumber }) received_at!: number;
  @Column('varchar', { length: 255, nullable: true }) suppressed_by!: string | null;
  @Column('varchar', { length: 100, nullable: true }) fingerprint!: string | null;
  /** A label or annotation was too long and has been cut; the inbox still has the whole body. */
  @Column('boolean') truncated!: boolean;
  @Column('longtext', { transformer: json<Record<string, string>>() }) labels!: Record<string, string>;
  @Column('longtext', { transformer: json<Record<string, string>>() }) annotations!: Record<string, string>;
  @Column('longtext', { nullable: true }) generator_url!: string | null;
  /** Which replica of a highly available pair reports it. */
  @Column('varchar', { length: 255, nullable: true }) replica!: string | null;
  /** The rule that raised it, and which version of it. */
  @Column('varchar', { length: 36, nullable: true }) rule_id!: string | null;
  @Column('int', { nullable: true }) rule_version!: number | null;
  /** When the alert, whenever it fires, last changed its state: epoch milliseconds, oldest first. */
  @Column('longtext', { transformer: json<number[]>(), nullable: true }) changes!: number[] | null;
  @Column('boolean', { default: false }) flapping!: boolean;
  /** When it was last reported, at most a minute behind. */
  @Column('bigint', { transformer: bigintNumber, nullable: true }) last_seen_at!: number | null;
  @Column('varchar', { length: 20, nullable: true }) ended_by!: string | null;
  /** What is wrong with its times; null when nothing is. */
  @Column('varchar', { length: 20, nullable: true }) clock_skew!: ClockSkew | null;
}
