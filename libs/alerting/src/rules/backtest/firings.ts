import type { AlertListener } from './alert-states';

/** One time that an alert fired; epoch milliseconds. */
export interface Firing {
  /** The first evaluation with a result. */
  active_at: number;
  /** The first evaluation at which it fired. */
  fired_at: number;
  /** The first evaluation at which it fired no more; null when it still fired at the last one. */
  ended_at: number | null;
}

/** An alert of a rule, and every time that it fired. */
export interface FiredAlert {
  labels: Record<string, string>;
  /** As the rule would have written them the first time. */
  annotations: Record<string, string>;
  /** Oldest first. */
  firings: Firing[];
  /** How often it was pending and went away again. */
  lapses: number;
}

/** Writes down when alerts fire. */
export class Firings implements AlertListener {
  readonly alerts: FiredAlert[] = [];
  /** Firings that were not kept because there were too many. */
  dropped = 0;
  private kept = 0;
  private readonly open = new Map<number, Firing>();

  constructor(private readonly most: number) {}

  add(labels: Record<string, string>, annotations: Record<string, string>): number {
    return this.alerts.push({ labels, annotations, firings: [], lapses: 0 }) - 1;
  }

  fired(alert: number, at: number, activeAt: number): void {
    if (this.kept >= this.most) {
      this.dropped += 1;
      return;
    }
    this.kept += 1;
    const firing = { active_at: activeAt, fired_at: at, ended_at: null };
    this.open.set(alert, firing);
    this.alerts[alert]!.firings.push(firing);
  }

  ended(alert: number, at: number): void {
    const firing = this.open.get(alert);
    if (firing) firing.ended_at = at;
    this.open.delete(alert);
  }

  lapsed(alert: number): void {
    this.alerts[alert]!.lapses += 1;
  }
}
