import type { ConfigType, SidecarState } from '@alertagent/contracts';
import { epochMs } from '@alertagent/service-kit';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What the sidecar of one member (a Prometheus or Alertmanager replica) said last. */
@Entity({ name: 'config_members' })
@Index('UQ_config_members_member', ['clusterId', 'type', 'memberHash'], { unique: true })
export class Member {
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

  /** SHA-256 over everything in the last report that counts as a change when it differs. */
  @Column({ name: 'report_hash', type: 'varchar', length: 64 })
  reportHash!: string;

  /** Last report that was written down; up to 10 s older than the last one received. */
  @Column({ name: 'last_seen', type: 'bigint', transformer: epochMs })
  lastSeen!: Date;

  /** When other services were last told about this member. */
  @Column({ name: 'last_emitted', type: 'bigint', transformer: epochMs })
  lastEmitted!: Date;

  /** Why the last report went no further; the columns from here on are null where a former version wrote the row. */
  @Column({ type: 'varchar', length: 500, nullable: true })
  reason!: string | null;

  /** It runs exactly the revision, rule by rule. */
  @Column({ type: 'boolean', nullable: true })
  exact!: boolean | null;

  /** Rules that fail when they are evaluated. */
  @Column({ name: 'failing_rules', type: 'int', nullable: true })
  failingRules!: number | null;

  /** Rules that are loaded and were not evaluated yet. */
  @Column({ name: 'waiting_rules', type: 'int', nullable: true })
  waitingRules!: number | null;

  @Column({ name: 'firing_alerts', type: 'int', nullable: true })
  firingAlerts!: number | null;

  /** What one evaluation of all rules takes. */
  @Column({ name: 'evaluation_ms', type: 'int', nullable: true })
  evaluationMs!: number | null;

  /** SHA-256 of what the target is proven to run, hex. */
  @Column({ name: 'loaded_hash', type: 'varchar', length: 100, nullable: true })
  loadedHash!: string | null;

  /** How often the sidecar has put right what somebody else changed. */
  @Column({ name: 'drift_repaired', type: 'int', nullable: true })
  driftRepaired!: number | null;

  @Column({ name: 'sidecar_version', type: 'varchar', length: 50, nullable: true })
  sidecarVersion!: string | null;

  /** Fingerprint of the only signing key that its sidecar trusts; empty when it trusts none yet, null when it does not tell. */
  @Column({ name: 'trusted_key', type: 'varchar', length: 64, nullable: true })
  trustedKey!: string | null;

  /** Fingerprint of the signing key that its file was verified with. */
  @Column({ name: 'revision_key', type: 'varchar', length: 64, nullable: true })
  revisionKey!: string | null;

  /** Fingerprint of the signing key that its sidecar is set to begin with. */
  @Column({ name: 'set_key', type: 'varchar', length: 64, nullable: true })
  setKey!: string | null;
}
