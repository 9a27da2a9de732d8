import type { FieldProblem } from '../../problems';
import type { SuppressionDefinition } from '../../policy/policy-document';
import type { NormalisedAlert } from '../../webhook/normalised-alert';
import { severityRank } from '../severity-rank';
import { compileDefinition } from './compile-definition';
import type { CompiledSuppression } from './compiled-suppression';

/** A stored episode that a suppression is tried on. */
export interface PastEpisode {
  id: string;
  alert: NormalisedAlert;
  /** When it was first heard of, epoch milliseconds. */
  at: number;
  /** Null while it fires. */
  ends_at_ms: number | null;
}

/** An episode that would have been hidden. */
export interface HiddenEpisode {
  id: string;
  alert: NormalisedAlert;
  at: number;
  /** For how long, in milliseconds; of caps the least. */
  hidden_ms: number;
  /** It outlived the suppression: people would have heard of it later. */
  released: boolean;
}

/** What a suppression would have done. */
export interface PreviewResult {
  episodes: number;
  hidden: number;
  /** Of them with the highest severity. */
  critical: number;
  /** Of them those that fired longer than they would have been hidden. */
  released: number;
  hidden_ms: number;
  by_severity: Record<string, number>;
  /** By alert name, the most frequent first. */
  by_name: { name: string; hidden: number }[];
  /** The first of them. */
  first: HiddenEpisode[];
}

const SHOWN = 100;
const SHOWN_NAMES = 50;
const MOST_NAMES = 10_000;
const CRITICAL_RANK = 5;

interface Hidden extends HiddenEpisode {
  end: number;
  until: number;
}

interface Span {
  from: number;
  to: number;
}

/**
 * Tries one suppression on past episodes, as if it had been in force all the time, except that recurring windows and durations count.
 * Other suppressions do not matter. Episodes are added in the order in which they were heard of.
 */
export class SuppressionPreview {
  private readonly counts = new Map<string, number>();
  /** When sources fired, by marker key. */
  private readonly sources = new Map<string, Span[]>();
  private readonly bySeverity = new Map<string, number>();
  private readonly byName = new Map<string, number>();
  private readonly first: Hidden[] = [];
  private episodes = 0;
  private hidden = 0;
  private critical = 0;
  private released = 0;
  private hiddenMs = 0;
  /** Hidden by sources that may be followed by others. */
  private readonly pending: { hidden: Hidden; keys: string[] }[] = [];

  private constructor(
    private readonly suppression: CompiledSuppression,
    private readonly now: number,
  ) {}

  /** `now`: what fires then is taken to end then. Answers problems with pointers into the definition. */
  static of(definition: SuppressionDefinition, now: number): SuppressionPreview | FieldProblem[] {
    const compiled = compileDefinition(definition);
    if (Array.isArray(compiled)) return compiled;
    const always = compileDefinition({ ...definition, starts_at_ms: 0, ends_at_ms: now + 1 });
    return Array.isArray(always) ? always : new SuppressionPreview(always, now);
  }

  /** The next episode. */
  add({ id, alert, at, ends_at_ms }: PastEpisode): void {
    this.episodes += 1;
    const end = Math.max(at, Math.min(ends_at_ms ?? this.now, this.now));
    const { targets, hides, hidesUntil, capOf, markersFor } = this.suppression;
    if (targets(alert)) {
      const keys = markersFor?.(alert) ?? [];
      const candidate = { alert, at, isNew: true };
      const cap_key = capOf?.(alert, at).cap_key;
      const caps = cap_key === undefined ? {} : { [cap_key]: this.counts.get(cap_key) ?? 0 };
      if (hides(candidate, { markers: this.markersAt(keys, at, id), caps }) !== null) {
        const until = hidesUntil(alert, at) ?? (keys.length > 0 ? at : end);
        const hidden = { id, alert, at, hidden_ms: 0, released: false, end, until };
        if (keys.length > 0) this.pending.push({ hidden, keys });
        else this.count(hidden);
      } else if (cap_key !== undefined) {
        this.counts.set(cap_key, (this.counts.get(cap_key) ?? 0) + 1);
      }
    }
    this.addSource(alert, at, end);
  }

  /** What came out; nothing is added afterwards. */
  finish(): PreviewResult {
    for (const { hidden, keys } of this.pending.splice(0)) {
      hidden.until = this.sourcesEnd(keys, hidden.at);
      this.count(hidden);
    }
    const names = [...this.byName].map(([name, hidden]) => ({ name, hidden })).sort((a, b) => b.hidden - a.hidden);
    return {
      episodes: this.episodes,
      hidden: this.hidden,
      critical: this.critical,
      released: this.released,
      hidden_ms: this.hiddenMs,
      by_severity: Object.fromEntries(this.bySeverity),
      by_name: names.slice(0, SHOWN_NAMES),
      first: this.first.map(({ end: _end, until: _until, ...shown }) => shown),
    };
  }

  private count(hidden: Hidden): void {
    const { alert, at, end, until } = hidden;
    hidden.released = until < end;
    hidden.hidden_ms = Math.max(0, Math.min(until, end) - at);
    this.hidden += 1;
    this.hiddenMs += hidden.hidden_ms;
    if (hidden.released) this.released += 1;
    if (severityRank(alert.severity) === CRITICAL_RANK) this.critical += 1;
    increment(this.bySeverity, alert.severity ?? '');
    increment(this.byName, alert.name);
    if (this.first.length < SHOWN) this.first.push(hidden);
  }

  private markersAt(keys: string[], at: number, alert_id: string): { suppression_id: string; alert_id: string }[] {
    const isHidden = keys.some((key) => this.sources.get(key)?.some(({ from, to }) => from <= at && at < to));
    return isHidden ? [{ suppression_id: this.suppression.definition.id, alert_id }] : [];
  }

  /** When the last of the sources ended that fired one after the other from a moment on. */
  private sourcesEnd(keys: string[], at: number): number {
    const spans = keys.flatMap((key) => this.sources.get(key) ?? []);
    let until = at;
    for (const { from, to } of spans.sort((a, b) => a.from - b.from)) if (from <= until) until = Math.max(until, to);
    return until;
  }

  private addSource(alert: NormalisedAlert, from: number, to: number): void {
    const key = this.suppression.markerOf?.(alert) ?? null;
    if (key === null) return;
    const spans = this.sources.get(key);
    if (spans) spans.push({ from, to });
    else this.sources.set(key, [{ from, to }]);
  }
}

function increment(counts: Map<string, number>, key: string): void {
  if (counts.has(key) || counts.size < MOST_NAMES) counts.set(key, (counts.get(key) ?? 0) + 1);
}
