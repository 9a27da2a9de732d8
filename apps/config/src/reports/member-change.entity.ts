import type { ConfigType, SidecarState } from '@alertagent/contracts';
import { epochMs } from '@alertagent/service-kit';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A member came to another state that lasts, or repaired its file. */
@Entity({ name: 'config_member_changes' })
@Index('IX_config_member_changes_cluster', ['clusterId', 'id'])
@Index('IX_config_member_changes_member', ['clusterId', 'type', 'memberHash', 'id'])
export class MemberChange {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  @Column({ name: 'cluster_id', type: 'varchar', length: 36 })
  clusterId!: string;

  @Column({ type: 'varchar', length: 30 })
  type!: ConfigType;

  @Column({ type: 'varchar', length: 200 })
  member!: string;

  /** SHA-256 of the name, hex: databases disagree about when two texts are equal. */
  @Column({ name: 'member_hash', type: 'varchar', length: 64 })
  memberHash!: string;

  @Column({ type: 'varchar', length: 20 })
  state!: SidecarState;

  @Column({ type: 'int', nullable: true })
  revision!: number | null;

  /** SHA-256 of the file on the member's disk, hex. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  hash!: string | null;

  @Column({ type: 'varchar', length: 500, nullable: true })
  reason!: string | null;

  @Column({ name: 'drift_repaired', type: 'int' })
  driftRepaired!: number;

  /** As the member's. */
  @Column({ name: 'trusted_key', type: 'varchar', length: 64, nullable: true })
  trustedKey!: string | null;

  @Column({ name: 'revision_key', type: 'varchar', length: 64, nullable: true })
  revisionKey!: string | null;

  @Column({ type: 'bigint', transformer: epochMs })
  at!: Date;
}
