import type { SelectQueryBuilder } from 'typeorm';
import type { SearchPath } from '../alerts/search-reach';
import { PRIORITIES, type ListIncidents } from './incident.dto';
import type { Incident } from './incident.entity';

const WITHOUT_INDEX = ['severity', 'flapping', 'storm', 'acknowledged', 'snoozed', 'team', 'q', 'cluster'] as const;

/** The ways to the incidents that a list asks for, when it has to look at them one by one; null when one index answers it. */
export function searchPaths(query: ListIncidents): SearchPath[] | null {
  const { status, cluster_id, priority } = query;
  const paths: SearchPath[] = [
    ...(cluster_id === undefined ? [] : [{ index: 'IX_incidents_cluster_id', where: { cluster_id } }]),
    ...(priority === undefined
      ? []
      : [{ index: 'IX_incidents_priority', where: { priority: PRIORITIES.indexOf(priority) + 1 } }]),
    ...(status === undefined ? [] : [{ index: 'IX_incidents_status', where: { status } }]),
  ];
  const isSearch = paths.length > 1 || WITHOUT_INDEX.some((filter) => query[filter] !== undefined);
  if (!isSearch) return null;
  return paths.length > 0 ? paths : [{ index: null, where: {} }];
}

/** Narrows a query to the incidents that a list asks for. `clusterIds`: those that `query.cluster` names. */
export function filterIncidents(
  select: SelectQueryBuilder<Incident>,
  query: ListIncidents,
  { now, clusterIds }: { now: number; clusterIds: readonly string[] },
): void {
  if (query.status !== undefined) select.andWhere('incident.status = :status', { status: query.status });
  if (query.cluster_id !== undefined) select.andWhere('incident.cluster_id = :cluster', { cluster: query.cluster_id });
  if (query.severity !== undefined) select.andWhere('incident.severity = :severity', { severity: query.severity });
  if (query.priority !== undefined) {
    select.andWhere('incident.priority = :priority', { priority: PRIORITIES.indexOf(query.priority) + 1 });
  }
  if (query.flapping !== undefined)
    select.andWhere('incident.flapping = :flapping', { flapping: query.flapping === 'true' });
  if (query.storm !== undefined)
    select.andWhere(`incident.storm_at IS ${query.storm === 'true' ? 'NOT NULL' : 'NULL'}`);
  if (query.acknowledged !== undefined) {
    const acknowledged =
      'incident.acknowledged_at IS NOT NULL AND (incident.acknowledged_until IS NULL OR incident.acknowledged_until > :now)';
    select.andWhere(query.acknowledged === 'true' ? `(${acknowledged})` : `NOT (${acknowledged})`, { now });
  }
  if (query.snoozed !== undefined) {
    const snoozed = 'incident.snoozed_until IS NOT NULL AND incident.snoozed_until > :now';
    select.andWhere(query.snoozed === 'true' ? `(${snoozed})` : `NOT (${snoozed})`, { now });
  }
  if (query.team !== undefined) {
    select.andWhere(`incident.routes LIKE :team ESCAPE '!'`, { team: part(`"team":${JSON.stringify(query.team)}`) });
  }
  if (query.q !== undefined) {
    select.andWhere(`LOWER(incident.title) LIKE :title ESCAPE '!'`, { title: part(query.q.toLowerCase()) });
  }
  if (query.cluster !== undefined) {
    const conditions = clusterIds.map(
      (_, index) => `incident.cluster_id = :id${index} OR incident.breakdown LIKE :share${index} ESCAPE '!'`,
    );
    const values = clusterIds.flatMap((id, index) => [
      [`id${index}`, id],
      [`share${index}`, part(`${JSON.stringify(id)}:`)],
    ]);
    select.andWhere(`(${conditions.join(' OR ')})`, Object.fromEntries(values) as Record<string, string>);
  }
}

/** A LIKE pattern for texts that hold this one, whatever characters it has. */
const part = (text: string): string => `%${text.replaceAll(/[!%_]/g, '!$&')}%`;
