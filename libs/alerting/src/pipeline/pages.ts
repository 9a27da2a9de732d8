import type { PipelineEvent } from './facts';
import type { RouteTaken, Verdict } from './verdict';
import type { WorkingIncident } from './working-state';

/**
 * Somebody's attention asked for: an incident was opened, or became more urgent and goes to a team that it did not go to before.
 * One for each team.
 */
export interface Page {
  kind: 'opened' | 'raised';
  /** Epoch milliseconds. */
  at: number;
  incident_id: string;
  cluster_id: string;
  title: string;
  severity: string | null;
  priority: number;
  /** Null when the routes name none. */
  team: string | null;
  workflow: string | null;
  /** Names of the route's nodes. */
  path: string[];
  /** The alert that caused it: its identity for ever, and since when it fires. */
  episode_key: string;
  alert_starts_at_ms: number;
}

/** The teams that routes go to, each once. */
export const teamsOf = (routes: readonly RouteTaken[]): string[] => [
  ...new Set(routes.flatMap(({ team }) => team ?? [])),
];

/** Who is asked for attention by a verdict. `incident` is as the verdict left it, `routesBefore` are those it had. */
export function pagesOf(
  { alert, at }: PipelineEvent,
  { incident: change }: Verdict,
  incident: WorkingIncident,
  routesBefore: readonly RouteTaken[],
): Page[] {
  if (change.kind !== 'open' && !(change.kind === 'join' && change.priority !== null && change.routes !== null))
    return [];
  const before = new Set(change.kind === 'open' ? [] : routesBefore.map(({ team }) => team));
  const pages = new Map<string | null, Page>();
  for (const { team, workflow, path } of incident.routes) {
    if (before.has(team) || pages.has(team)) continue;
    pages.set(team, {
      kind: change.kind === 'open' ? 'opened' : 'raised',
      at,
      incident_id: incident.id,
      cluster_id: incident.cluster_id,
      title: incident.title,
      severity: incident.severity,
      priority: incident.priority,
      team,
      workflow,
      path,
      episode_key: alert.episode_key,
      alert_starts_at_ms: alert.starts_at_ms,
    });
  }
  return [...pages.values()];
}
