import { bigintNumber } from '@alertagent/service-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Of a cluster: alerts that fire at their source and are recorded as ended, as the last firing set that had any tells. */
@Entity('ended_while_firing')
export class EndedWhileFiring {
  @PrimaryColumn('varchar', { length: 36 }) cluster_id!: string;
  /** How many there were. */
  @Column('int') alerts!: number;
  /** One of them, to begin with. */
  @Column('varchar', { length: 36 }) alert_id!: string;
  @Column('bigint', { transformer: bigintNumber }) seen_at!: number;
}
