import { epochMs } from '@alertagent/service-kit';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An Ed25519 key pair that revisions are or were signed with. All replicas share the one whose slot is `active`. */
@Entity({ name: 'config_signing_keys' })
@Index('UQ_config_signing_keys_slot', ['slot'], { unique: true })
export class SigningKey {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  /** `active` for the key that signs, its own id for one that was retired. */
  @Column({ type: 'varchar', length: 36 })
  slot!: string;

  /** DER SPKI, base64. */
  @Column({ name: 'public_key', type: 'varchar', length: 255 })
  publicKey!: string;

  /** DER PKCS#8, sealed by `SecretBox`; once the key is given up, the DER SPKI of its public half instead. */
  @Column({ name: 'private_key', type: 'longtext' })
  privateKey!: string;

  @Column({ name: 'created_at', type: 'bigint', transformer: epochMs })
  createdAt!: Date;

  /** Name of who made it; null for the first one. */
  @Column({ name: 'created_by', type: 'varchar', length: 200, nullable: true })
  createdBy!: string | null;

  /** Since when another one signs. */
  @Column({ name: 'retired_at', type: 'bigint', nullable: true, transformer: epochMs })
  retiredAt!: Date | null;

  /** Since when it is given up. */
  @Column({ name: 'ended_at', type: 'bigint', nullable: true, transformer: epochMs })
  endedAt!: Date | null;

  /** The key that it took over from. */
  @Column({ name: 'previous_id', type: 'varchar', length: 36, nullable: true })
  previousId!: string | null;

  /** That key's signature under the statement that this one follows it, base64. */
  @Column({ type: 'varchar', length: 128, nullable: true })
  statement!: string | null;
}
