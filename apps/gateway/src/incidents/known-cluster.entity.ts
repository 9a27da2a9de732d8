import { bigintNumber } from '@alertagent/service-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A cluster as the gateway knows it from events: its name, for people to read. */
@Entity('known_clusters')
export class KnownCluster {
  @PrimaryColumn('varchar', { length: 36 }) id!: string;
  @Column('varchar', { length: 200 }) name!: string;
  /** Of the newest event taken in; older ones are ignored. */
  @Column('int') version!: number;
  @Column('bigint', { transformer: bigintNumber, nullable: true }) retired_at!: number | null;
}
