import type { ConfigType } from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Head } from './head';

/** Which revision of a cluster's configuration is being served. */
@Entity({ name: 'config_heads' })
export class ConfigHead implements Head {
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

  /** When somebody decided that what is served stays; null while it follows what is wanted. */
  @Column({ name: 'held_at', type: 'bigint', nullable: true, transformer: epochMs })
  heldAt!: Date | null;

  /** Name of who holds it. */
  @Column({ name: 'held_by', type: 'varchar', length: 200, nullable: true })
  heldBy!: string | null;

  @Column({ name: 'hold_reason', type: 'varchar', length: 500, nullable: true })
  holdReason!: string | null;

  /** The rollout that holds it and alone may publish; null when a person holds it. */
  @Column({ name: 'rollout_id', type: 'varchar', length: 36, nullable: true })
  rolloutId!: string | null;

  /** SHA-256 of a file that may remove many rules, because somebody said so. */
  @Column({ name: 'confirmed_hash', type: 'varchar', length: 64, nullable: true })
  confirmedHash!: string | null;

  /** SHA-256 of what members said they have when that file was confirmed. */
  @Column({ name: 'confirmed_from', type: 'longtext', nullable: true, transformer: json<string[]>() })
  confirmedFrom!: string[] | null;

  /** Since when it is to be rendered without an event that asks for it. */
  @Column({ name: 'render_due', type: 'bigint', nullable: true, transformer: epochMs })
  renderDue!: Date | null;
}

/** What a head begins with. */
export const EMPTY_HEAD: Omit<ConfigHead, 'clusterId' | 'type' | 'changedAt'> = {
  revision: 0,
  revisionId: null,
  lastRevision: 0,
  retiredAt: null,
  heldAt: null,
  heldBy: null,
  holdReason: null,
  rolloutId: null,
  confirmedHash: null,
  confirmedFrom: null,
  renderDue: null,
};
