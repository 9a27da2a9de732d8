import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { TimelineMoment } from './incident-timeline';
import { IncidentTimelineEntry } from './incident-timeline.entity';

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
}
