import { epochMs } from '@alertagent/service-kit';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An Ed25519 key pair that revisions are signed with. All replicas share the one whose slot is `active`. */
@Entity({ name: 'config_signing_keys' })
@Index('UQ_config_signing_keys_slot', ['slot'], { unique: true })
export class SigningKey {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  /** `active` for the key that signs, its own id for a key that only verifies old revisions. */
  @Column({ type: 'varchar', length: 36 })
  slot!: string;

  /** DER SPKI, base64. */
  @Column({ name: 'public_key', type: 'varchar', length: 255 })
  publicKey!: string;

  /** DER PKCS#8, sealed by `SecretBox`. */
  @Column({ name: 'private_key', type: 'longtext' })
  privateKey!: string;

  @Column({ name: 'created_at', type: 'bigint', transformer: epochMs })
  createdAt!: Date;
}
