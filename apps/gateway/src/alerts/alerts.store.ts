import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Alert } from './alert.entity';
import type { StoredAlert } from './stored-alert';

/** Stored alerts, for those who come from an incident or an escalation. */
@Injectable()
export class AlertsStore {
  constructor(private readonly dataSource: DataSource) {}

  /** The first alerts of an incident, oldest first, `limit` at most. */
  async ofIncident(incidentId: string, limit: number): Promise<StoredAlert[]> {
    return this.dataSource.manager.find(Alert, {
      where: { incident_id: incidentId },
      order: { id: 'ASC' },
      take: limit,
    });
  }

  /** The incident an alert belongs to; null when it belongs to none or there is no such alert. */
  async incidentOf(tx: EntityManager, alertId: string): Promise<string | null> {
    const alert = await tx.findOne(Alert, { select: { id: true, incident_id: true }, where: { id: alertId } });
    return alert?.incident_id ?? null;
  }
}
