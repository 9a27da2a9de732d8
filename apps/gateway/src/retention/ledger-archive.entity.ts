import { bigintNumber } from '@alertagent/service-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What retention took out of the tables, so that the ledger still adds up. */
@Entity('ledger_archive')
export class LedgerArchive {
  @PrimaryColumn('varchar', { length: 36 }) cluster_id!: string;
  /** A disposition, or `accepted`. */
  @PrimaryColumn('varchar', { length: 12 }) disposition!: string;
  @Column('bigint', { transformer: bigintNumber }) alerts!: number;
}
