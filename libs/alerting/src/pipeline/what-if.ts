import type { PipelineEvent } from './facts';
import type { Page } from './pages';
import type { Replay } from './replay';

/** One difference between two replays of the same events. */
export interface PageDifference {
  /** `only_before`: nobody of the team is paged any more; `only_after`: is paged now; `changed`: is paged, for another team or priority. */
  kind: 'only_before' | 'only_after' | 'changed';
  at: number;
  before: Page | null;
  after: Page | null;
}

/** Pages of one team, or of nobody's when its name is null. */
export interface TeamPages {
  team: string | null;
  before: number;
  after: number;
  night_before: number;
  night_after: number;
}

/** Counts of one side of a comparison. */
export interface SideTotals {
  incidents: number;
  pages: number;
  night_pages: number;
  suppressed: number;
}

/** What a changed policy would have made of the same alerts. */
export interface Comparison {
  events: number;
  before: SideTotals;
  after: SideTotals;
  /** By name. */
  teams: TeamPages[];
  /** All of them, or the first `mostDifferences`. */
  differences: PageDifference[];
  difference_count: number;
}

/** How to compare. */
export interface ComparisonOptions {
  /** Whether a moment (epoch milliseconds) is at night. */
  isNight: (at: number) => boolean;
  /** Alerts that fired before this time were on when the events begin: nobody is paged for them here. Epoch milliseconds. */
  from?: number;
  /** Differences that are kept; further ones are only counted. */
  mostDifferences: number;
}

/** Takes two policies through the same events, side by side, and keeps only where they differ. */
export class WhatIf<Event extends PipelineEvent = PipelineEvent> {
  private events = 0;
  private differenceCount = 0;
  private readonly differences: PageDifference[] = [];
  private readonly teams = new Map<string | null, TeamPages>();
  private readonly sides = { before: newSide(), after: newSide() };

  constructor(
    private readonly before: Replay<Event>,
    private readonly after: Replay<Event>,
    private readonly options: ComparisonOptions,
  ) {}

  /** The next event, normalised for each of the policies: they may disagree about which labels count. */
  step(forBefore: Event, forAfter: Event = forBefore): void {
    this.events += 1;
    const before = this.take('before', this.before.step(forBefore));
    const after = this.take('after', this.after.step(forAfter));
    if (before.length === 0 && after.length === 0) return;
    for (const difference of differencesOf(before, after)) {
      this.differenceCount += 1;
      if (this.differences.length < this.options.mostDifferences) this.differences.push(difference);
    }
  }

  /** What has been found so far. */
  result(): Comparison {
    const suppressed = (side: Replay<Event>): number => side.dispositions.suppressed;
    return {
      events: this.events,
      before: { ...this.sides.before, suppressed: suppressed(this.before) },
      after: { ...this.sides.after, suppressed: suppressed(this.after) },
      teams: [...this.teams.values()].sort((a, b) => ((a.team ?? '') < (b.team ?? '') ? -1 : 1)),
      differences: [...this.differences],
      difference_count: this.differenceCount,
    };
  }

  private take(side: 'before' | 'after', { pages }: { pages: Page[] }): Page[] {
    const { from = -Infinity, isNight } = this.options;
    const counted = pages.filter(({ alert_starts_at_ms }) => alert_starts_at_ms >= from);
    const totals = this.sides[side];
    if (counted.some(({ kind }) => kind === 'opened')) totals.incidents += 1;
    for (const { team, at } of counted) {
      const night = isNight(at) ? 1 : 0;
      totals.pages += 1;
      totals.night_pages += night;
      const of = this.teams.get(team) ?? { team, before: 0, after: 0, night_before: 0, night_after: 0 };
      of[side] += 1;
      of[`night_${side}`] += night;
      this.teams.set(team, of);
    }
    return counted;
  }
}

const newSide = (): Omit<SideTotals, 'suppressed'> => ({ incidents: 0, pages: 0, night_pages: 0 });

/** Pages of the same event that differ: those of the same team first, what is left over is paired in order. */
function differencesOf(before: readonly Page[], after: readonly Page[]): PageDifference[] {
  const differences: PageDifference[] = [];
  const leftAfter = [...after];
  const leftBefore: Page[] = [];
  for (const page of before) {
    const place = leftAfter.findIndex(({ team }) => team === page.team);
    if (place < 0) {
      leftBefore.push(page);
      continue;
    }
    const [other] = leftAfter.splice(place, 1);
    if (other!.priority !== page.priority || other!.workflow !== page.workflow) {
      differences.push({ kind: 'changed', at: page.at, before: page, after: other! });
    }
  }
  for (const page of leftBefore) {
    const other = leftAfter.shift() ?? null;
    differences.push({ kind: other ? 'changed' : 'only_before', at: page.at, before: page, after: other });
  }
  for (const page of leftAfter) differences.push({ kind: 'only_after', at: page.at, before: null, after: page });
  return differences;
}
