import { bigintNumber } from '@alertagent/service-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What can be wrong with what a cluster sends. */
export const TROUBLE_KINDS = ['refused', 'truncated'] as const;
export type TroubleKind = (typeof TROUBLE_KINDS)[number];

/** A trouble that an alert has been raised about. Deleted when it is over. */
@Entity('intake_troubles')
export class IntakeTrouble {
  @PrimaryColumn('varchar', { length: 36 }) cluster_id!: string;
  @PrimaryColumn('varchar', { length: 20 }) kind!: TroubleKind;
  /** Start of the alert about it. */
  @Column('bigint', { transformer: bigintNumber }) since!: number;
  /** When it was seen last, to within some seconds. */
  @Column('bigint', { transformer: bigintNumber }) seen_at!: number;
}
