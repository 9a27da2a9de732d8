import type { PipelineEvent } from './facts';
import type { WorkingSet } from './working-set';

const MONTH_MS = 30 * 24 * 60 * 60_000;

/** How many incidents each group had in the last 30 days, while events go by. */
export class PastIncidents {
  private readonly openings = new Map<string, number[]>();

  /** Notes that a group had one more. */
  opened(groupKey: string, at: number): void {
    const times = this.openings.get(groupKey);
    if (times) times.push(at);
    else this.openings.set(groupKey, [at]);
  }

  /** Makes the count known that a decision on this event needs. */
  bring<Event extends PipelineEvent>(set: WorkingSet<Event>, event: Event, now: number): void {
    if (this.openings.size === 0 || set.needsMore(event) !== 'everything') return;
    const { group_key } = set.groupingOf(event);
    const times = this.openings.get(group_key);
    if (!times) return;
    while (times.length > 0 && times[0]! < now - MONTH_MS) times.shift();
    if (times.length === 0) {
      this.openings.delete(group_key);
      set.pastIncidents.delete(group_key);
    } else {
      set.pastIncidents.set(group_key, times.length);
    }
  }
}
