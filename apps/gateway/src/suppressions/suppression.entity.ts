import type { SuppressionKind } from '@alertagent/alerting';
import { bigintNumber, json } from '@alertagent/service-kit';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { SuppressionTerms } from './suppression-terms';

/** A reason to hide alerts, as people wrote it. Deleted ones stay: the alerts that they hid name them. */
@Entity('suppressions')
@Index('IX_suppressions_deleted_at', ['deleted_at', 'id'])
@Index('IX_suppressions_ends_at', ['ends_at'])
export class Suppression {
  @PrimaryColumn('varchar', { length: 36 }) id!: string;
  @Column('varchar', { length: 255 }) name!: string;
  @Column('varchar', { length: 20 }) kind!: SuppressionKind;
  /** What it hides. */
  @Column('longtext', { transformer: json<SuppressionTerms>() }) definition!: SuppressionTerms;
  @Column('varchar', { length: 200 }) owner!: string;
  @Column('longtext') reason!: string;
  @Column('boolean', { default: true }) enabled!: boolean;
  @Column('bigint', { transformer: bigintNumber }) starts_at!: number;
  /** Null: without end. */
  @Column('bigint', { transformer: bigintNumber, nullable: true }) ends_at!: number | null;
  /** Counts changes; its ETag. */
  @Column('int') version!: number;
  @Column('bigint', { transformer: bigintNumber }) created_at!: number;
  @Column('bigint', { transformer: bigintNumber }) updated_at!: number;
  @Column('bigint', { transformer: bigintNumber, nullable: true }) deleted_at!: number | null;
}
