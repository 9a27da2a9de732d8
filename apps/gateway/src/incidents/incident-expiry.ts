import { inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, LessThanOrEqual, type EntityManager } from 'typeorm';
import { iso } from '../alerts/wire-time';
import { InboxQueue } from '../intake/inbox-queue';
import { acknowledgementOf } from './incident-attention';
import { IncidentAnnouncer } from './incident-announcer';
import { IncidentRows } from './incident-rows';
import { IncidentTimelineStore } from './incident-timeline.store';
import { Incident } from './incident.entity';

/** Incidents in one transaction; a sweep goes on until none is left, or there have been so many transactions. */
const PER_TRANSACTION = 50;
const MOST_TRANSACTIONS = 20;
/** A webhook gets its time shortly before it is stored. */
const COMMIT_LAG_MS = 1_000;

/** What time does to incidents. Several instances may do it at once: each row is locked, and looked at again. */
@Injectable()
export class IncidentExpiry {
  constructor(
    private readonly dataSource: DataSource,
    private readonly inbox: InboxQueue,
    private readonly rows: IncidentRows,
    private readonly timelines: IncidentTimelineStore,
    private readonly announcer: IncidentAnnouncer,
  ) {}

  /**
   * Resolves incidents whose members have all ended and did not come back in time. Not before the pipeline has seen everything that was
   * received until then: a come-back may be among it. Returns how many.
   */
  async settle(now: number): Promise<number> {
    if (!(await this.anyDue('settle_at', now))) return 0;
    const oldest = await this.inbox.oldestWaiting();
    const horizon = Math.min(now - COMMIT_LAG_MS, oldest ?? Infinity);
    return this.each('settle_at', horizon, async (tx, incident) => {
      const { settle_at } = incident;
      if (incident.status !== 'open' || settle_at === null || settle_at > horizon || incident.firing_count > 0)
        return false;
      const changes = { status: 'resolved' as const, resolved_at: settle_at, settle_at: null, open_key: null };
      await tx.update(Incident, { id: incident.id }, changes);
      await this.timelines.add(tx, {
        incident_id: incident.id,
        at: settle_at,
        kind: 'resolved',
        why: `all ${incident.alert_count} alerts are resolved, and none came back in time`,
      });
      await this.announcer.announce(tx, Object.assign(incident, changes), 'resolved');
      return true;
    });
  }

  /** Ends acknowledgements that were given until a time. Returns how many. */
  async endAcknowledgements(now: number): Promise<number> {
    if (!(await this.anyDue('acknowledged_until', now))) return 0;
    return this.each('acknowledged_until', now, async (tx, incident) => {
      const { acknowledged_by, acknowledged_until } = incident;
      if (acknowledged_until === null || acknowledgementOf(incident, now) !== null) return false;
      const changes = { acknowledged_by: null, acknowledged_at: null, acknowledged_until: null };
      await tx.update(Incident, { id: incident.id }, changes);
      if (incident.status !== 'open') return true;
      await this.timelines.add(tx, {
        incident_id: incident.id,
        at: now,
        kind: 'ack_expired',
        why: `${acknowledged_by ?? 'somebody'} acknowledged it until ${iso(acknowledged_until)}, and it is still open`,
      });
      await this.announcer.announce(tx, Object.assign(incident, changes), 'updated');
      return true;
    });
  }

  private async anyDue(column: 'settle_at' | 'acknowledged_until', until: number): Promise<boolean> {
    return (await this.due(column, until, 1)).length > 0;
  }

  private async due(column: 'settle_at' | 'acknowledged_until', until: number, most: number): Promise<string[]> {
    const rows = await this.dataSource.manager.find(Incident, {
      select: { id: true },
      where: { [column]: LessThanOrEqual(until) },
      order: { [column]: 'ASC' },
      take: most,
    });
    return rows.map(({ id }) => id);
  }

  private async each(
    column: 'settle_at' | 'acknowledged_until',
    until: number,
    end: (tx: EntityManager, incident: Incident) => Promise<boolean>,
  ): Promise<number> {
    let done = 0;
    for (let turn = 0; turn < MOST_TRANSACTIONS; turn++) {
      const ids = await this.due(column, until, PER_TRANSACTION);
      if (ids.length === 0) break;
      const ended = await inTransaction(this.dataSource, async (tx) => {
        let count = 0;
        for (const incident of await this.rows.lock(tx, ids)) if (await end(tx, incident)) count += 1;
        return count;
      });
      // Those that another instance was faster with are gone at the next look; those that stay are not for us.
      if (ended === 0) break;
      done += ended;
    }
    return done;
  }
}
