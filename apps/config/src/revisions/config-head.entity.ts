import type { ConfigType } from '@alertagent/contracts';
import { epochMs } from '@alertagent/service-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Which revision of a cluster's configuration is being served. */
@Entity({ name: 'config_heads' })
export class ConfigHead {
  @PrimaryColumn({ name: 'cluster_id', type: 'varchar', length: 36 })
  clusterId!: string;

  @PrimaryColumn({ type: 'varchar', length: 30 })
  type!: ConfigType;

  /** Number of the served revision; 0 while nothing has been published. */
  @Column({ type: 'int' })
  revision!: number;

  /** Id of the served revision. */
  @Column({ name: 'revision_id', type: 'varchar', length: 36, nullable: true })
  revisionId!: string | null;

  /** Number of the newest revision, refused ones included; the next one is this plus one. */
  @Column({ name: 'last_revision', type: 'int' })
  lastRevision!: number;

  @Column({ name: 'changed_at', type: 'bigint', transformer: epochMs })
  changedAt!: Date;

  /** When the cluster was retired: nothing is rendered or served for it any more. */
  @Column({ name: 'retired_at', type: 'bigint', nullable: true, transformer: epochMs })
  retiredAt!: Date | null;
}
