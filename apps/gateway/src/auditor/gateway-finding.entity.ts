import { bigintNumber } from '@alertagent/service-kit';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Something that should have gone on and did not. */
@Entity('gateway_findings')
@Index('IX_gateway_findings_cleared_at', ['cleared_at', 'id'])
@Index('UQ_gateway_findings_open_key', ['open_key'], { unique: true })
export class GatewayFinding {
  @PrimaryColumn('varchar', { length: 36 }) id!: string;
  @Column('varchar', { length: 30 }) kind!: string;
  /** What it is about: a cluster, an incident, an alert. */
  @Column('varchar', { length: 100 }) subject!: string;
  @Column('longtext') detail!: string;
  @Column('bigint', { transformer: bigintNumber }) found_at!: number;
  /** When it was first not found any more. */
  @Column('bigint', { transformer: bigintNumber, nullable: true }) cleared_at!: number | null;
  /** Kind and subject while it is open, null afterwards: the same thing cannot be open twice. */
  @Column('varchar', { length: 150, nullable: true }) open_key!: string | null;
}
