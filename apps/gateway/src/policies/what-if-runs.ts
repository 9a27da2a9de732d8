import { ServiceError } from '@alertagent/contracts';
import { Clock, LOGGER, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { StoredWebhooks } from './stored-webhooks';
import { WhatIfPlans } from './what-if-plans';
import { WhatIfRun } from './what-if-run';
import type { WhatIfInput } from './what-if.dto';

const MOST_WAITING = 3;
const MOST_KEPT = 20;
const KEPT_MS = 60 * 60_000;

/** Runs one comparison after the other: alerts that come in now have the first claim to this process. */
@Injectable()
export class WhatIfRuns implements OnApplicationShutdown {
  private readonly runs = new Map<string, WhatIfRun>();
  private working: Promise<void> | null = null;
  private readonly log: Logger;

  constructor(
    private readonly plans: WhatIfPlans,
    private readonly webhooks: StoredWebhooks,
    private readonly clock: Clock,
    @Inject(LOGGER) log: Logger,
  ) {
    this.log = log.component('what-if');
  }

  /** Errors: those of the plan; ServiceError `unavailable` when too many wait already. */
  async start(input: WhatIfInput, author: string): Promise<WhatIfRun> {
    this.forgetOld();
    const run = new WhatIfRun(await this.plans.make(input, author));
    const waiting = [...this.runs.values()].filter(({ state }) => state === 'waiting').length;
    if (waiting >= MOST_WAITING)
      throw new ServiceError('unavailable', `${waiting} runs are waiting; try again when one of them is done`);
    this.runs.set(run.id, run);
    this.working ??= this.work().finally(() => (this.working = null));
    return run;
  }

  /** Newest first. */
  list(): WhatIfRun[] {
    this.forgetOld();
    return [...this.runs.values()].reverse();
  }

  /** Errors: ServiceError `not_found`. */
  get(id: string): WhatIfRun {
    this.forgetOld();
    const run = this.runs.get(id);
    if (run) return run;
    throw new ServiceError(
      'not_found',
      'there is no such run here; runs are kept for an hour by the gateway they were sent to',
    );
  }

  /** Stops a run, if it is not over, and forgets it. Errors: ServiceError `not_found`. */
  remove(id: string): void {
    this.get(id).cancel();
    this.runs.delete(id);
  }

  async onApplicationShutdown(): Promise<void> {
    for (const run of this.runs.values()) run.cancel();
    await this.working;
  }

  private async work(): Promise<void> {
    for (;;) {
      const next = [...this.runs.values()].find(({ state }) => state === 'waiting');
      if (!next) return;
      next.state = 'running';
      await this.carryOut(next);
      next.finished_at = this.clock.now().getTime();
    }
  }

  private async carryOut(run: WhatIfRun): Promise<void> {
    try {
      await run.take(this.webhooks.read(run.plan.wanted));
      if (run.state === 'running') run.state = 'done';
    } catch (error) {
      run.state = 'failed';
      run.error = error instanceof ServiceError ? error.message : 'it could not be carried on; the log has the reason';
      this.log.warn({ err: error, run: run.id }, 'a what-if run failed');
    }
  }

  private forgetOld(): void {
    const now = this.clock.now().getTime();
    const ended = [...this.runs.values()].filter(({ finished_at }) => finished_at !== null);
    const tooMany = ended.length - MOST_KEPT;
    for (const [index, { id, finished_at }] of ended.entries()) {
      if (index < tooMany || now - finished_at! > KEPT_MS) this.runs.delete(id);
    }
  }
}
