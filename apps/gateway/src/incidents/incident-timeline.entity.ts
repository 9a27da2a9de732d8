import { bigintNumber } from '@alertagent/service-kit';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { IncidentMoment, TimelineMoment } from './incident-timeline';

/** One moment in the life of an incident, with its reason. */
@Entity('incident_timeline')
@Index('IX_incident_timeline_incident_id', ['incident_id', 'id'])
export class IncidentTimelineEntry implements TimelineMoment {
  @PrimaryColumn('varchar', { length: 36 }) id!: string;
  @Column('varchar', { length: 36 }) incident_id!: string;
  @Column('bigint', { transformer: bigintNumber }) at!: number;
  @Column('varchar', { length: 30 }) kind!: IncidentMoment;
  @Column('longtext') why!: string;
  /** The alert that caused it, if one did. */
  @Column('varchar', { length: 36, nullable: true }) alert_id!: string | null;
}
