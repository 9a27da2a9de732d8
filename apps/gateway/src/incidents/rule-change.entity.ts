import { bigintNumber } from '@alertagent/service-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** That a rule was edited or withdrawn, as the rules service announced it: why alerts end that nobody has fixed. */
@Entity('rule_changes')
export class RuleChange {
  @PrimaryColumn('varchar', { length: 36 }) rule_id!: string;
  @PrimaryColumn('int') version!: number;
  @Column('varchar', { length: 20 }) kind!: 'published' | 'withdrawn';
  /** Epoch milliseconds. */
  @Column('bigint', { transformer: bigintNumber }) changed_at!: number;
  /** How long the expression of this version must hold before its alerts fire, milliseconds; null when that was not told. */
  @Column('bigint', { transformer: bigintNumber, nullable: true }) for_ms!: number | null;
}
