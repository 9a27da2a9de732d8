import type { Actor } from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { IncidentAnnouncer } from './incident-announcer';
import { IncidentRows } from './incident-rows';
import type { IncidentMoment } from './incident-timeline';
import { IncidentTimelineStore } from './incident-timeline.store';
import { Incident } from './incident.entity';

/** What somebody does to one incident. */
export interface Deed {
  kind: IncidentMoment;
  why: string;
  /** Columns that change. */
  changes: Partial<Incident>;
  /** The audit log's word for it, e.g. `incident.acknowledged`. */
  action: string;
  /** What else belongs into the same transaction. */
  also?: (tx: EntityManager) => Promise<void>;
}

/** Changes of one incident by people: row, timeline, event and audit entry, together or not at all. */
@Injectable()
export class IncidentChange {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rows: IncidentRows,
    private readonly timelines: IncidentTimelineStore,
    private readonly announcer: IncidentAnnouncer,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Lets `decide` look at the locked incident and does what it answers; null means that there is nothing to do. Errors: ServiceError
   * `not_found`, and what `decide` throws.
   */
  async make(id: string, actor: Actor, decide: (incident: Incident, now: number) => Deed | null): Promise<Incident> {
    return inTransaction(this.dataSource, async (tx) => {
      const incident = await this.rows.lockOne(tx, id);
      const now = this.clock.now().getTime();
      const deed = decide(incident, now);
      if (!deed) return incident;
      const { kind, why, changes, action } = deed;
      const before = Object.fromEntries(Object.keys(changes).map((column) => [column, Reflect.get(incident, column)]));
      await tx.update(Incident, { id }, changes);
      const changed = Object.assign(incident, changes);
      await deed.also?.(tx);
      await this.timelines.add(tx, { incident_id: id, at: now, kind, why });
      await this.announcer.announce(tx, changed, 'updated');
      await this.audit.record(tx, {
        actor,
        action,
        resource_type: 'incident',
        resource_id: id,
        before,
        after: { ...changes },
      });
      return changed;
    });
  }
}
