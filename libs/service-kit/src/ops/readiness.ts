import { ServiceError } from '@alertagent/contracts';
import { boundedText } from '../logging/redaction';

/** Something this service can't work without: `check` rejects, or takes more than a second, when it is missing. */
export interface ReadinessCheck {
  /** Short name, e.g. `database`. */
  readonly name: string;
  check(): Promise<void>;
}

/** What `/ready` answers. */
export interface ReadinessReport {
  status: 'healthy' | 'unhealthy';
  /** `healthy`, or `unhealthy: ` and the reason, by name of the check. */
  checks: Record<string, string>;
  /** ISO time the checks were made at. */
  timestamp: string;
}

export interface ReadinessOptions {
  /** How long one check may take, in ms. */
  deadlineMs?: number;
  /** How long an answer is reused, in ms: probes and scrapers must not become load. */
  cacheMs?: number;
  /** Clock in epoch ms; for tests. */
  now?: () => number;
}

/** Whether this process should be sent work. Not before it has started, not while it stops, not without what it needs. */
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();
  private readonly deadlineMs: number;
  private readonly cacheMs: number;
  private readonly now: () => number;
  private phase: 'starting' | 'serving' | 'stopping' = 'starting';
  private cached?: { at: number; report: ReadinessReport };
  private running?: Promise<ReadinessReport>;

  constructor({ deadlineMs = 1_000, cacheMs = 500, now = Date.now }: ReadinessOptions = {}) {
    this.deadlineMs = deadlineMs;
    this.cacheMs = cacheMs;
    this.now = now;
  }

  /** Adds a check; a second one with the same name replaces the first. */
  register(check: ReadinessCheck): void {
    this.checks.set(check.name, check);
    this.cached = undefined;
  }

  /** The service is up: from now on the checks decide. */
  started(): void {
    if (this.phase === 'starting') this.phase = 'serving';
  }

  /** The service is going down: not ready from now on, whatever the checks say. */
  stopping(): void {
    this.phase = 'stopping';
  }

  /** Runs the checks side by side, or returns an answer younger than `cacheMs`. */
  async report(): Promise<ReadinessReport> {
    if (this.phase !== 'serving') {
      return { status: 'unhealthy', checks: { service: `unhealthy: ${this.phase}` }, timestamp: this.timestamp() };
    }
    if (this.cached && this.now() - this.cached.at < this.cacheMs) return this.cached.report;
    this.running ??= this.run().finally(() => (this.running = undefined));
    return this.running;
  }

  private async run(): Promise<ReadinessReport> {
    const results = await Promise.all(
      [...this.checks.values()].map(async (check) => [check.name, await this.outcome(check)] as const),
    );
    const report: ReadinessReport = {
      status: results.every(([, outcome]) => outcome === 'healthy') ? 'healthy' : 'unhealthy',
      checks: Object.fromEntries(results),
      timestamp: this.timestamp(),
    };
    this.cached = { at: this.now(), report };
    // The phase may have changed while the checks ran.
    return this.phase === 'serving' ? report : this.report();
  }

  private async outcome(check: ReadinessCheck): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(resolve, this.deadlineMs, `unhealthy: no answer within ${this.deadlineMs} ms`);
    });
    const answer = Promise.resolve()
      .then(() => check.check())
      .then(
        () => 'healthy',
        (error: unknown) => `unhealthy: ${reasonOf(error)}`,
      );
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }

  private timestamp(): string {
    return new Date(this.now()).toISOString();
  }
}

/** Readiness can be asked for without a token, so a driver's message (hosts, SQL) stays inside; its code does not hurt. */
function reasonOf(error: unknown): string {
  if (error instanceof ServiceError) return boundedText(error.message).slice(0, 100);
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : 'failed';
}
