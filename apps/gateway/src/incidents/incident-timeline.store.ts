import { newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { TimelineMoment } from './incident-timeline';
import { IncidentTimelineEntry } from './incident-timeline.entity';

const LONGEST_REASON = 4000;

/** The stored moments of incidents. */
@Injectable()
export class IncidentTimelineStore {
  constructor(private readonly dataSource: DataSource) {}

  /** The first moments of an incident, oldest first, `limit` at most; none when there is no such incident. */
  async ofIncident(incidentId: string, limit: number): Promise<TimelineMoment[]> {
    return this.dataSource.manager.find(IncidentTimelineEntry, {
      where: { incident_id: incidentId },
      order: { id: 'ASC' },
      take: limit,
    });
  }

  /** Adds moments, in the transaction of what happened. */
  async add(
    tx: EntityManager,
    ...moments: (Omit<TimelineMoment, 'id' | 'alert_id'> & { alert_id?: string | null })[]
  ): Promise<void> {
    if (moments.length === 0) return;
    const rows = moments.map(({ alert_id = null, why, ...moment }) => ({
      ...moment,
      id: newId(),
      why: why.slice(0, LONGEST_REASON).toWellFormed(),
      // Ids of other services are text of any length; the column is for ours.
      alert_id: alert_id !== null && alert_id.length <= 36 ? alert_id : null,
    }));
    await tx.insert(IncidentTimelineEntry, rows);
  }
}
