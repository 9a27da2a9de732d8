import { Injectable } from '@nestjs/common';
import { DataSource, In, LessThan, type EntityManager } from 'typeorm';
import { Alert } from './alert.entity';
import type { StoredAlert } from './stored-alert';

/** A member as incidents count it. */
export type Member = Pick<StoredAlert, 'id' | 'cluster_id' | 'status' | 'severity' | 'flapping'>;

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

  /** An alert by its id; null when there is none. */
  find(id: string): Promise<StoredAlert | null> {
    return this.dataSource.manager.findOneBy(Alert, { id });
  }

  /** Alerts that a suppression hides or hid, newest first, `limit` at most; those below an id when one is given. */
  async hiddenBy(suppressionId: string, below: string | null, limit: number): Promise<StoredAlert[]> {
    const of = (status: StoredAlert['status']): Promise<Alert[]> =>
      this.dataSource.manager.find(Alert, {
        where: { suppressed_by: suppressionId, status, ...(below === null ? {} : { id: LessThan(below) }) },
        order: { id: 'DESC' },
        take: limit,
      });
    // The index has them by status: two short reads instead of sorting all that it ever hid.
    const rows = [...(await of('firing')), ...(await of('resolved'))];
    return rows.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit);
  }

  /** The newest alert of an incident, as the transaction sees it. */
  async lastOf(tx: EntityManager, incidentId: string): Promise<StoredAlert | null> {
    return tx.findOne(Alert, { where: { incident_id: incidentId }, order: { id: 'DESC' } });
  }

  /** Those of these alerts that are members of the incident, locked until the transaction ends. */
  async membersOf(tx: EntityManager, incidentId: string, ids: readonly string[]): Promise<Member[]> {
    const query = tx
      .createQueryBuilder(Alert, 'alert')
      .select(['alert.id', 'alert.cluster_id', 'alert.status', 'alert.severity', 'alert.flapping'])
      .where({ id: In([...ids]), incident_id: incidentId })
      .orderBy('alert.id', 'ASC');
    return (tx.dataSource.options.type === 'better-sqlite3' ? query : query.setLock('pessimistic_write')).getMany();
  }

  /** Makes alerts, or all of an incident's, members of another incident. */
  async move(
    tx: EntityManager,
    which: { ids: readonly string[] } | { incident_id: string },
    to: string,
  ): Promise<void> {
    const where = 'ids' in which ? { id: In([...which.ids]) } : which;
    await tx.update(Alert, where, { incident_id: to });
  }

  /** The incident an alert belongs to; null when it belongs to none or there is no such alert. */
  async incidentOf(tx: EntityManager, alertId: string): Promise<string | null> {
    const alert = await tx.findOne(Alert, { select: { id: true, incident_id: true }, where: { id: alertId } });
    return alert?.incident_id ?? null;
  }
}
