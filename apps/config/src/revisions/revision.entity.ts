import type { ConfigType, RevisionRule } from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Revision, RevisionStatus } from './revision';

/**
 * One rendered file of one cluster; never changed after it was written. Its unique number is what serialises two
 * replicas that render the same cluster: only one of them can insert it.
 */
@Entity({ name: 'config_revisions' })
@Index('UQ_config_revisions_number', ['clusterId', 'type', 'revision'], { unique: true })
@Index('IX_config_revisions_listing', ['clusterId', 'id'])
export class RevisionEntity implements Revision {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  @Column({ name: 'cluster_id', type: 'varchar', length: 36 })
  clusterId!: string;

  @Column({ type: 'varchar', length: 30 })
  type!: ConfigType;

  /** Grows by one per (cluster, type); refused renders take a number too. */
  @Column({ type: 'int' })
  revision!: number;

  @Column({ type: 'varchar', length: 20 })
  status!: RevisionStatus;

  /** Why it was refused. */
  @Column({ type: 'varchar', length: 2000, nullable: true })
  reason!: string | null;

  /** The exact text served; empty when it could not even be rendered. */
  @Column({ type: 'longtext' })
  content!: string;

  /** SHA-256 of the content's UTF-8 bytes, hex; empty without content. */
  @Column({ type: 'varchar', length: 64 })
  hash!: string;

  /** Length of the content in UTF-8 bytes. */
  @Column({ type: 'int' })
  bytes!: number;

  @Column({ type: 'int' })
  rules!: number;

  /** Which rule stands where in the content. */
  @Column({ type: 'longtext', transformer: json<RevisionRule[]>() })
  manifest!: RevisionRule[];

  /** True when somebody withdrew every rule, so that a file without rules is what is wanted. */
  @Column({ name: 'empty_confirmed', type: 'boolean' })
  emptyConfirmed!: boolean;

  /** SHA-256 of the contents that this one may follow although it lacks many of their rules. */
  @Column({ name: 'confirmed_from', type: 'longtext', nullable: true, transformer: json<string[]>() })
  confirmedFrom!: string[] | null;

  /** Ed25519 signature, base64; refused revisions have none. */
  @Column({ type: 'varchar', length: 128, nullable: true })
  signature!: string | null;

  /** The signature under `confirmedFrom`, base64; null when nothing is confirmed. */
  @Column({ name: 'removal_signature', type: 'varchar', length: 128, nullable: true })
  removalSignature!: string | null;

  /** The signing key; see `config_signing_keys`. */
  @Column({ name: 'key_id', type: 'varchar', length: 36, nullable: true })
  keyId!: string | null;

  @Column({ name: 'created_at', type: 'bigint', transformer: epochMs })
  createdAt!: Date;

  /** The earlier revision whose content it brings back; null for what was rendered. */
  @Column({ type: 'int', nullable: true })
  restores!: number | null;
}
