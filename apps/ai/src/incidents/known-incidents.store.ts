import type { IncidentEvent } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { And, In, IsNull, LessThan, MoreThan, MoreThanOrEqual, Not, type EntityManager } from 'typeorm';
import type { KnownIncident } from './known-incident';
import { knownIncidentEntity } from './known-incident.entity';

/** How many past incidents are looked at for similarity, per way of finding them. */
export const CANDIDATES = 100;
/** Older incidents say little about today's system. In milliseconds. */
const REMEMBERED_MS = 180 * 24 * 3_600_000;

const MOST_REPORTED = 10_000;

/** The incidents this service has heard of. */
@Injectable()
export class KnownIncidentsStore {
  /** Remembers an incident; news that arrives late or again never makes a resolved one open. */
  async remember(tx: EntityManager, event: IncidentEvent, resolvedAt: Date | null): Promise<void> {
    const known = await tx.findOneBy(knownIncidentEntity, { id: event.incident_id });
    if (!known) await tx.insert(knownIncidentEntity, incidentOf(event, resolvedAt));
    else if (resolvedAt && !known.resolvedAt) await tx.update(knownIncidentEntity, { id: known.id }, { resolvedAt });
  }

  find(manager: EntityManager, id: string): Promise<KnownIncident | null> {
    return manager.findOneBy(knownIncidentEntity, { id });
  }

  /** Whether it was heard to be over; one that was never heard of is not. */
  async isResolved(manager: EntityManager, id: string): Promise<boolean> {
    return (await this.resolvedAmong(manager, [id])).has(id);
  }

  /** Which of them were heard to be over; one that was never heard of is not. */
  async resolvedAmong(manager: EntityManager, ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const where = { id: In([...ids]), resolvedAt: Not(IsNull()) };
    return new Set((await manager.find(knownIncidentEntity, { select: { id: true }, where })).map(({ id }) => id));
  }

  /** How many of them there were. */
  async delete(tx: EntityManager, ids: readonly string[]): Promise<number> {
    const { affected } = await tx.delete(knownIncidentEntity, { id: In([...ids]) });
    return affected ?? 0;
  }

  /** How long those took that were over in a time, in milliseconds; at most 10,000. */
  async resolutionsIn(manager: EntityManager, from: Date, to: Date): Promise<number[]> {
    const found = await manager.find(knownIncidentEntity, {
      select: { id: true, openedAt: true, resolvedAt: true },
      where: { resolvedAt: And(MoreThanOrEqual(from), LessThan(to)) },
      take: MOST_REPORTED,
    });
    return found.map(({ openedAt, resolvedAt }) => Math.max(0, resolvedAt!.getTime() - openedAt.getTime()));
  }

  /** Recent incidents of an alert or of a cluster, newest first; one more than are looked at, since one of them may be the very one that is compared. */
  newest(
    manager: EntityManager,
    { alertName, clusterId, now }: { alertName?: string; clusterId?: string; now: Date },
  ): Promise<KnownIncident[]> {
    const which = {
      ...(alertName === undefined ? {} : { alertName: nameOf(alertName) }),
      ...(clusterId === undefined ? {} : { clusterId }),
    };
    const openedAt = MoreThan(new Date(now.getTime() - REMEMBERED_MS));
    return manager.find(knownIncidentEntity, {
      where: { ...which, openedAt },
      order: { openedAt: 'DESC' },
      take: CANDIDATES + 1,
    });
  }
}

const nameOf = (text: string): string => cut(text, 200);
const cut = (text: string, length: number): string => text.slice(0, length).toWellFormed();

function incidentOf(event: IncidentEvent, resolvedAt: Date | null): KnownIncident {
  return {
    id: event.incident_id,
    clusterId: event.cluster_id,
    title: cut(event.title, 1000),
    alertName: nameOf(event.alert.name),
    severity: event.severity ? cut(event.severity, 200) : null,
    labels: { ...event.group_labels, ...event.alert.labels },
    openedAt: new Date(event.opened_at),
    resolvedAt,
  };
}
