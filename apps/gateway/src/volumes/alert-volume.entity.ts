import { bigintNumber } from '@alertagent/service-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Alert events of one minute, by what became of them. */
@Entity('alert_volumes')
export class AlertVolume {
  /** Beginning of the minute, epoch milliseconds. */
  @PrimaryColumn('bigint', { transformer: bigintNumber }) bucket!: number;
  @PrimaryColumn('varchar', { length: 36 }) cluster_id!: string;
  @PrimaryColumn('varchar', { length: 12 }) disposition!: string;
  /** The rank of the severity label: none, info, low, warning, high, critical. */
  @PrimaryColumn('varchar', { length: 20 }) severity!: string;
  @Column('int') alerts!: number;
}
