import type { ConfigType } from '@alertagent/contracts';
import { epochMs } from '@alertagent/service-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The note that a revision was proven live: every member ran exactly it and evaluated each rule without error. */
@Entity({ name: 'config_proofs' })
export class ConfigProof {
  @PrimaryColumn({ name: 'cluster_id', type: 'varchar', length: 36 })
  clusterId!: string;

  @PrimaryColumn({ type: 'varchar', length: 30 })
  type!: ConfigType;

  @PrimaryColumn({ type: 'int' })
  revision!: number;

  /** When that was so for the first time. */
  @Column({ name: 'proven_at', type: 'bigint', transformer: epochMs })
  provenAt!: Date;
}
