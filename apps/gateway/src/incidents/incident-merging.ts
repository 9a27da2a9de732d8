import { ServiceError, type Actor } from '@alertagent/contracts';
import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AlertsStore } from '../alerts/alerts.store';
import type { IncidentMerge } from './incident-operations.dto';
import { IncidentAnnouncer } from './incident-announcer';
import { IncidentRecords } from './incident-records';
import { IncidentRows, isOver } from './incident-rows';
import { addShares, sharesOf } from './incident-shares';
import { Incident } from './incident.entity';

/** A storm's incident has very many members to move. */
const DEADLINE_MS = 60_000;
/** It locks incidents and then all their alerts, the pipeline alerts and then incidents: in a storm it is given up more than once. */
const MAX_RETRIES = 15;

/**
 * Merging by hand. The source's alerts become members of the target, and the source is over. As long as the target takes alerts, later
 * ones of the source's group go there, too: the source keeps its group's place and points to the target, which the pipeline follows.
 * When the target would refuse them (window, lifetime, cap, closed by hand, resolved), the group's next alert opens an incident of its own.
 */
@Injectable()
export class IncidentMerging {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rows: IncidentRows,
    private readonly alerts: AlertsStore,
    private readonly announcer: IncidentAnnouncer,
    private readonly records: IncidentRecords,
    private readonly clock: Clock,
  ) {}

  /** Errors: ServiceError `not_found`, `invalid` for an incident merged into itself, `conflict` when one of them is over. */
  async merge(id: string, { into, reason }: IncidentMerge, actor: Actor): Promise<void> {
    if (id === into) throw intoProblem('invalid', 'an incident cannot be merged into itself; name another one');
    await inTransaction(
      this.dataSource,
      async (tx) => {
        const locked = await this.rows.lock(tx, [id, into]);
        const source = locked.find((incident) => incident.id === id);
        const target = locked.find((incident) => incident.id === into);
        if (!source) throw new ServiceError('not_found', 'there is no such incident');
        if (!target) throw intoProblem('invalid', 'there is no such incident; list them with GET /api/v1/incidents');
        if (source.status !== 'open') throw isOver(source);
        if (target.status !== 'open') throw intoProblem('conflict', 'the incident to merge into is over');
        await this.join(tx, source, target, { actor, reason: reason ?? 'no reason given' });
      },
      { deadlineMs: DEADLINE_MS, maxRetries: MAX_RETRIES },
    );
  }

  private async join(
    tx: EntityManager,
    source: Incident,
    target: Incident,
    { actor, reason }: { actor: Actor; reason: string },
  ): Promise<void> {
    const now = this.clock.now().getTime();
    const moved = { alerts: source.alert_count, firing: source.firing_count };
    await this.alerts.move(tx, { incident_id: source.id }, target.id);
    // Flat: what was merged into the source points to the target now.
    await tx.update(Incident, { merged_into: source.id }, { merged_into: target.id });
    const after = {
      source: emptied(source, target, now),
      target: widened(source, target),
    };
    await tx.update(Incident, { id: source.id }, after.source);
    await tx.update(Incident, { id: target.id }, after.target);
    Object.assign(source, after.source);
    Object.assign(target, after.target);
    const by = `by ${actor.name}: ${reason}`;
    await this.records.moments(
      tx,
      { incident_id: source.id, at: now, kind: 'merged', why: `into ${target.id}, with ${moved.alerts} alerts, ${by}` },
      { incident_id: target.id, at: now, kind: 'merged', why: `took ${moved.alerts} alerts of ${source.id}, ${by}` },
    );
    await this.announcer.announce(tx, target, 'updated');
    await this.announcer.announce(tx, source, 'resolved');
    await this.records.audit(tx, {
      actor,
      action: 'incident.merged',
      resource_type: 'incident',
      resource_id: source.id,
      before: moved,
      after: { merged_into: target.id, reason },
    });
  }
}

function emptied(source: Incident, target: Incident, now: number) {
  return {
    status: 'resolved' as const,
    resolved_at: now,
    settle_at: null,
    merged_into: target.id,
    alert_count: 0,
    firing_count: 0,
    breakdown: {},
    open_key: target.open_key === null ? null : source.open_key,
  };
}

function widened(source: Incident, target: Incident) {
  const isWorse = source.severity_rank > target.severity_rank;
  const isMoreUrgent = source.priority < target.priority;
  const firing_count = target.firing_count + source.firing_count;
  const routes = [...(target.routes ?? [])];
  for (const route of source.routes ?? []) {
    if (!routes.some((known) => JSON.stringify(known) === JSON.stringify(route))) routes.push(route);
  }
  return {
    alert_count: target.alert_count + source.alert_count,
    firing_count,
    breakdown: addShares(sharesOf(target), sharesOf(source)),
    last_alert_at: Math.max(target.last_alert_at, source.last_alert_at),
    severity: isWorse ? source.severity : target.severity,
    severity_rank: Math.max(source.severity_rank, target.severity_rank),
    priority: isMoreUrgent ? source.priority : target.priority,
    priority_factors: isMoreUrgent ? source.priority_factors : target.priority_factors,
    routes,
    flapping: target.flapping || source.flapping,
    settle_at: firing_count > 0 ? null : Math.max(target.settle_at ?? 0, source.settle_at ?? 0) || null,
  };
}

function intoProblem(code: 'invalid' | 'conflict', detail: string): ServiceError {
  return new ServiceError(code, detail, { errors: [{ pointer: '/into', code: 'bad_target', detail }] });
}
