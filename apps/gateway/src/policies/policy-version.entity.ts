import type { PolicySnapshot } from '@alertagent/alerting';
import { bigintNumber, json } from '@alertagent/service-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Everything that decisions depended on from one moment to the next. Never changed: stored decisions name it. */
@Entity('policy_versions')
export class PolicyVersion {
  /** 1, 2, 3 …; two writers cannot make the same one. */
  @PrimaryColumn('int') version!: number;
  /** SHA-256 hex of the document. */
  @Column('varchar', { length: 64 }) hash!: string;
  @Column('longtext', { transformer: json<PolicySnapshot>() }) document!: PolicySnapshot;
  @Column('varchar', { length: 200 }) author!: string;
  @Column('longtext') reason!: string;
  @Column('bigint', { transformer: bigintNumber }) created_at!: number;
}
