import type { FieldMapping } from '@alertagent/alerting';
import { bigintNumber, json } from '@alertagent/service-kit';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A system of a cluster that sends alerts in a form of its own, to an address of its own. */
@Entity('alert_sources')
@Index('IX_alert_sources_cluster_id', ['cluster_id', 'id'])
export class AlertSource {
  @PrimaryColumn('varchar', { length: 36 }) id!: string;
  @Column('varchar', { length: 200 }) name!: string;
  @Column('varchar', { length: 36 }) cluster_id!: string;
  @Column('varchar', { length: 30 }) format!: string;
  /** Null for formats that need none. */
  @Column('longtext', { nullable: true, transformer: json<FieldMapping>() }) mapping!: FieldMapping | null;
  @Column('int') version!: number;
  @Column('bigint', { transformer: bigintNumber }) created_at!: number;
  @Column('bigint', { transformer: bigintNumber }) updated_at!: number;
  @Column('bigint', { transformer: bigintNumber, nullable: true }) deleted_at!: number | null;
}

/** What a source was at one version. Never changed and never deleted: stored webhooks are read with the mapping of their time. */
@Entity('alert_source_versions')
export class AlertSourceVersion {
  @PrimaryColumn('varchar', { length: 36 }) source_id!: string;
  @PrimaryColumn('int') version!: number;
  @Column('varchar', { length: 30 }) format!: string;
  @Column('longtext', { nullable: true, transformer: json<FieldMapping>() }) mapping!: FieldMapping | null;
}
