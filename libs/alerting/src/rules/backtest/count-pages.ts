import type { PipelineEvent } from '../../pipeline/facts';
import { Replay } from '../../pipeline/replay';
import type { CompiledPolicy } from '../../policy/compile-policy';

/** What alerts mean for people under a policy. */
export interface PageCounts {
  incidents: number;
  pages: number;
  /** Pages between 22:00 and 06:00. */
  night_pages: number;
  /** Alert events that were hidden. */
  suppressed: number;
  /** By name; null for pages that go to no team. */
  teams: { team: string | null; pages: number }[];
}

/** Events in a row before other work of the process gets its turn. */
const EVENTS_PER_BREATH = 50;

/** Takes the events through the gateway's own decisions. Alerts that fired before `from` were on already: nobody is paged for them. */
export async function countPages(
  policy: CompiledPolicy,
  events: Iterable<PipelineEvent>,
  { from, isNight, newId }: { from: number; isNight: (at: number) => boolean; newId: () => string },
): Promise<PageCounts> {
  const replay = new Replay(policy, { newId });
  const counts = { incidents: 0, pages: 0, night_pages: 0, suppressed: 0 };
  const teams = new Map<string | null, number>();
  let taken = 0;
  for (const event of events) {
    taken += 1;
    if (taken % EVENTS_PER_BREATH === 0) await new Promise(setImmediate);
    const { verdict, pages } = replay.step(event);
    if (event.alert.starts_at_ms < from) continue;
    if (verdict.disposition === 'suppressed') counts.suppressed += 1;
    if (verdict.incident.kind === 'open') counts.incidents += 1;
    for (const { team, at } of pages) {
      counts.pages += 1;
      if (isNight(at)) counts.night_pages += 1;
      teams.set(team, (teams.get(team) ?? 0) + 1);
    }
  }
  const byName = [...teams].sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1));
  return { ...counts, teams: byName.map(([team, pages]) => ({ team, pages })) };
}
