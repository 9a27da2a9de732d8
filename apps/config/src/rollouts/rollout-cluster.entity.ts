import type { RevisionRule, RolloutClusterState } from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One cluster of a rollout: how far it is, and the file that is meant for it. */
@Entity({ name: 'rollout_clusters' })
export class RolloutCluster {
  @PrimaryColumn({ name: 'rollout_id', type: 'varchar', length: 36 })
  rolloutId!: string;

  @PrimaryColumn({ name: 'cluster_id', type: 'varchar', length: 36 })
  clusterId!: string;

  @Column({ name: 'cluster_name', type: 'varchar', length: 200 })
  clusterName!: string;

  /** The first wave whose labels it carried when the rollout was opened. */
  @Column({ name: 'selected_wave', type: 'int', nullable: true })
  selectedWave!: number | null;

  /** Its wave, from 1; 0 before the waves are made, and for clusters that do not change. */
  @Column({ type: 'int' })
  wave!: number;

  @Column({ type: 'varchar', length: 20 })
  state!: RolloutClusterState;

  @Column({ type: 'varchar', length: 2000, nullable: true })
  reason!: string | null;

  /** The staged file; the columns after it belong to it. */
  @Column({ type: 'longtext', nullable: true })
  content!: string | null;

  @Column({ type: 'varchar', length: 64, nullable: true })
  hash!: string | null;

  @Column({ type: 'longtext', nullable: true, transformer: json<RevisionRule[]>() })
  manifest!: RevisionRule[] | null;

  @Column({ name: 'empty_confirmed', type: 'boolean' })
  emptyConfirmed!: boolean;

  /** SHA-256 of the contents that the file may follow although it lacks many of their rules. */
  @Column({ name: 'confirmed_from', type: 'longtext', nullable: true, transformer: json<string[]>() })
  confirmedFrom!: string[] | null;

  /** What was served before. */
  @Column({ name: 'from_revision', type: 'int', nullable: true })
  fromRevision!: number | null;

  /** What the rollout had it served last. */
  @Column({ type: 'int', nullable: true })
  revision!: number | null;

  /** The earlier revision to go back to: ordered by a person, or chosen when it went. */
  @Column({ name: 'returned_to', type: 'int', nullable: true })
  returnedTo!: number | null;

  @Column({ name: 'sent_at', type: 'bigint', nullable: true, transformer: epochMs })
  sentAt!: Date | null;

  /** When it was proven to run what it was sent last. */
  @Column({ name: 'live_at', type: 'bigint', nullable: true, transformer: epochMs })
  liveAt!: Date | null;

  /** Alerts that fired on its busiest member before it was sent the change. */
  @Column({ name: 'firing_before', type: 'int', nullable: true })
  firingBefore!: number | null;
}
