import { severityRank } from '@alertagent/alerting';
import { ServiceError, type Actor } from '@alertagent/contracts';
import { Clock, inTransaction, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AlertsStore, type Member } from '../alerts/alerts.store';
import { IncidentAnnouncer } from './incident-announcer';
import type { IncidentSplit } from './incident-operations.dto';
import { IncidentRecords } from './incident-records';
import { IncidentRows } from './incident-rows';
import { addShares, countShares, sharesOf } from './incident-shares';
import { Incident } from './incident.entity';

/**
 * Splitting by hand: some alerts become an incident of their own. It takes no further alerts, because its group's place is the old one's;
 * both are resolved when their members are.
 */
@Injectable()
export class IncidentSplitting {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rows: IncidentRows,
    private readonly alerts: AlertsStore,
    private readonly announcer: IncidentAnnouncer,
    private readonly records: IncidentRecords,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns the new incident's id. Errors: ServiceError `not_found`, `invalid` for alerts that are not its members, `conflict` when it is
   * over, or when nothing would be left of it.
   */
  async split(id: string, { alert_ids, reason, title }: IncidentSplit, actor: Actor): Promise<string> {
    return inTransaction(this.dataSource, async (tx) => {
      const source = await this.rows.lockOpen(tx, id);
      const members = await this.alerts.membersOf(tx, id, alert_ids);
      refuseStrangers(alert_ids, members);
      if (members.length >= source.alert_count) {
        throw new ServiceError(
          'conflict',
          'all its alerts cannot be split off; leave at least one, or merge the incident',
        );
      }
      const now = this.clock.now().getTime();
      const made = newIncident(source, members, title ?? source.title, now);
      // A copy: what the driver reads back is written into what it was given.
      await tx.insert(Incident, { ...made });
      await this.alerts.move(tx, { ids: alert_ids }, made.id);
      const changes = remainder(source, members, now);
      await tx.update(Incident, { id }, changes);
      Object.assign(source, changes);
      await this.tell(tx, source, made, { now, by: `by ${actor.name}: ${reason}`, count: members.length });
      await this.records.audit(tx, {
        actor,
        action: 'incident.split',
        resource_type: 'incident',
        resource_id: id,
        after: { new_incident_id: made.id, alerts: members.length, reason },
      });
      return made.id;
    });
  }

  private async tell(
    tx: EntityManager,
    source: Incident,
    made: Incident,
    { now, by, count }: { now: number; by: string; count: number },
  ): Promise<void> {
    await this.records.moments(
      tx,
      { incident_id: source.id, at: now, kind: 'split', why: `${count} alerts went to ${made.id}, ${by}` },
      { incident_id: made.id, at: now, kind: 'opened', why: `split from ${source.id} with ${count} alerts, ${by}` },
    );
    await this.announcer.announce(tx, made, 'opened');
    for (const incident of [source, made]) {
      if (incident.status === 'open') continue;
      const why = `all ${incident.alert_count} alerts are resolved`;
      await this.records.moments(tx, { incident_id: incident.id, at: now, kind: 'resolved', why });
      await this.announcer.announce(tx, incident, 'resolved');
    }
    if (source.status === 'open') await this.announcer.announce(tx, source, 'updated');
  }
}

function refuseStrangers(ids: readonly string[], members: readonly Member[]): void {
  const known = new Set(members.map(({ id }) => id));
  const errors = ids.flatMap((id, index) =>
    known.has(id)
      ? []
      : [{ pointer: `/alert_ids/${index}`, code: 'no_member', detail: 'this alert is no member of the incident' }],
  );
  if (errors.length === 0) return;
  throw new ServiceError('invalid', 'only members of the incident can be split off', { errors: errors.slice(0, 50) });
}

function newIncident(source: Incident, members: readonly Member[], title: string, now: number): Incident {
  const breakdown = countShares(members);
  const firing = members.filter(({ status }) => status === 'firing').length;
  const worst = members.reduce((a, b) => (severityRank(b.severity) > severityRank(a.severity) ? b : a));
  return {
    ...source,
    id: newId(),
    cluster_id: members[0]!.cluster_id,
    open_key: null,
    scope_key: null,
    text: null,
    title,
    severity: worst.severity,
    severity_rank: severityRank(worst.severity),
    status: firing > 0 ? 'open' : 'resolved',
    alert_count: members.length,
    firing_count: firing,
    breakdown,
    opened_at: now,
    last_alert_at: now,
    resolved_at: firing > 0 ? null : now,
    analysis: null,
    analysis_at: null,
    decision: null,
    decision_at: null,
    burst_from: null,
    burst_count: 0,
    storm_at: null,
    flapping: members.some(({ flapping }) => flapping),
    settle_at: null,
    acknowledged_by: null,
    acknowledged_at: null,
    acknowledged_until: null,
    snoozed_until: null,
    merged_into: null,
  };
}

/** What is left of the old one; it is resolved when nothing of it fires any more, unless it waits for a come-back already. */
function remainder(source: Incident, members: readonly Member[], now: number) {
  const breakdown = addShares(sharesOf(source), countShares(members), -1);
  const alert_count = source.alert_count - members.length;
  const firing_count = source.firing_count - members.filter(({ status }) => status === 'firing').length;
  const ends = firing_count === 0 && source.settle_at === null;
  return {
    alert_count,
    firing_count,
    breakdown,
    ...(ends ? { status: 'resolved' as const, resolved_at: now, open_key: null } : {}),
  };
}
