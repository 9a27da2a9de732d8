/** What evaluates a rule. The two agree but for the last moment of `keep_firing_for`, the labels they add, and the times they pick. */
export type RuleEvaluator = 'prometheus' | 'vmalert';

/** What decides about an alert besides its expression. */
export interface AlertTiming {
  evaluator: RuleEvaluator;
  /** `for`. */
  holdMs: number;
  /** `keep_firing_for`. */
  keepFiringMs: number;
  /** The group's `limit` of active alerts; 0 for none. */
  limit: number;
}

/** Hears what becomes of alerts. Alerts are numbered by the caller. */
export interface AlertListener {
  /** It fires from this evaluation on; `activeAt` is the first of the evaluations that led to it. */
  fired(alert: number, at: number, activeAt: number): void;
  /** This is the first evaluation at which it fires no more. */
  ended(alert: number, at: number): void;
  /** It was pending and went away. */
  lapsed(alert: number): void;
}

interface ActiveAlert {
  isFiring: boolean;
  activeAt: number;
  /** The first evaluation without a result since the last with one; null while there are results. */
  absentSince: number | null;
  seenIn: number;
}

/**
 * The states of one rule's alerts, evaluation by evaluation, as Prometheus (rules/alerting.go, 2.42 to 3.x) and vmalert
 * (app/vmalert/rule/alerting.go) keep them. An evaluation that fails changes nothing: do not call {@link evaluate} for it.
 * A restart of the evaluator is not part of it.
 */
export class AlertStates {
  private readonly active = new Map<number, ActiveAlert>();
  private evaluations = 0;

  constructor(
    private readonly timing: AlertTiming,
    private readonly listener: AlertListener,
  ) {}

  /**
   * Takes the alerts that the expression has results for at `at`, each once; times must grow. Answers false when the group's limit was
   * exceeded: every alert of the rule is forgotten then.
   */
  evaluate(at: number, present: readonly number[]): boolean {
    this.evaluations += 1;
    for (const alert of present) this.see(alert, at);
    for (const [number, alert] of this.active) {
      if (alert.seenIn !== this.evaluations && !this.keeps(number, alert, at)) {
        this.active.delete(number);
      } else if (!alert.isFiring && at - alert.activeAt >= this.timing.holdMs) {
        alert.isFiring = true;
        this.listener.fired(number, at, alert.activeAt);
      }
    }
    const { limit } = this.timing;
    if (limit === 0 || this.active.size <= limit) return true;
    this.forgetAll(at);
    return false;
  }

  private see(number: number, at: number): void {
    const known = this.active.get(number);
    if (known) {
      known.seenIn = this.evaluations;
      known.absentSince = null;
    } else {
      this.active.set(number, { isFiring: false, activeAt: at, absentSince: null, seenIn: this.evaluations });
    }
  }

  /** Whether an alert without a result stays. */
  private keeps(number: number, alert: ActiveAlert, at: number): boolean {
    if (!alert.isFiring) {
      this.listener.lapsed(number);
      return false;
    }
    const { keepFiringMs, evaluator } = this.timing;
    alert.absentSince ??= at;
    const absentFor = at - alert.absentSince;
    // vmalert lets go when the time is exceeded, Prometheus as soon as it is reached.
    if (keepFiringMs > 0 && (evaluator === 'vmalert' ? absentFor <= keepFiringMs : absentFor < keepFiringMs))
      return true;
    this.listener.ended(number, at);
    return false;
  }

  private forgetAll(at: number): void {
    for (const [number, { isFiring }] of this.active) {
      if (isFiring) this.listener.ended(number, at);
      else this.listener.lapsed(number);
    }
    this.active.clear();
  }
}
