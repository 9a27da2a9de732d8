import { bigintNumber, json } from '@alertagent/service-kit';
import type { EscalationView } from '@alertagent/contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An escalation of an incident, as the ai service announced it. */
@Entity('incident_escalations')
@Index('IX_incident_escalations_incident_id', ['incident_id', 'id'])
export class IncidentEscalation {
  /** The escalation's own id, so that a repeated announcement is recognised. */
  @PrimaryColumn('varchar', { length: 36 }) id!: string;
  @Column('varchar', { length: 36 }) incident_id!: string;
  @Column('bigint', { transformer: bigintNumber }) created_at!: number;
  @Column('longtext', { transformer: json<EscalationView>() }) escalation!: EscalationView;
}
