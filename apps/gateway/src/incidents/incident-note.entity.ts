import { bigintNumber } from '@alertagent/service-kit';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What somebody wrote about an incident. Alerts that repeat do not touch it. */
@Entity('incident_notes')
@Index('IX_incident_notes_incident_id', ['incident_id', 'id'])
export class IncidentNote {
  @PrimaryColumn('varchar', { length: 36 }) id!: string;
  @Column('varchar', { length: 36 }) incident_id!: string;
  @Column('varchar', { length: 200 }) author!: string;
  @Column('longtext') text!: string;
  /** Epoch milliseconds. */
  @Column('bigint', { transformer: bigintNumber }) created_at!: number;
  @Column('bigint', { transformer: bigintNumber, nullable: true }) updated_at!: number | null;
}
