import { Clock, inTransaction, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { LanesStore } from '../lanes/lanes.store';
import { AnalysesStore } from './analyses.store';
import type { Analysis } from './analysis';
import type { LeasedAnalysis } from './analysis-leases';
import { EnginePolicy, type Step } from './engine-policy';
import { StaleAnalyses } from './stale-analyses';

/** An analysis that was taken, and what to do with it. */
export interface Work {
  analysis: LeasedAnalysis;
  step: Step;
}

interface Candidate {
  seen: Analysis;
  step: Step;
}

/**
 * Which analyses are taken next. Each workflow has a lane of its own, so that one that is slow, full or has thousands waiting is
 * in the way of itself only. Places of a workflow are counted under the lock of its lane: over all instances on one database no
 * more are begun than there are places.
 */
@Injectable()
export class AnalysisQueue {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: AnalysesStore,
    private readonly lanes: LanesStore,
    private readonly policy: EnginePolicy,
    private readonly stale: StaleAnalyses,
    private readonly clock: Clock,
  ) {}

  /** Takes what is due, of each lane as much as there is room for. */
  async take(roomIn: (lane: string) => number): Promise<Work[]> {
    const { manager } = this.dataSource;
    if (!(await this.store.isAnyDue(manager, this.clock.now()))) return [];
    const taken: Work[] = [];
    for (const lane of await this.lanes.names(manager)) {
      const room = roomIn(lane);
      if (room > 0) taken.push(...(await this.takeFrom(lane, room)));
    }
    return taken;
  }

  private async takeFrom(lane: string, room: number): Promise<Work[]> {
    const candidates: Candidate[] = [];
    for (const seen of await this.dueIn(lane, room)) {
      const step = (await this.stale.isStale(seen)) ? this.policy.stale() : this.policy.nextStep(seen);
      if (step.kind === 'drop') await this.stale.drop(seen, step.reason);
      else candidates.push({ seen, step });
    }
    if (candidates.length === 0) return [];
    return inTransaction(this.dataSource, (tx) => this.claim(tx, lane, candidates));
  }

  private async dueIn(lane: string, room: number): Promise<Analysis[]> {
    const { manager } = this.dataSource;
    const until = this.clock.now();
    const begun = await this.store.due(manager, lane, { status: 'processing', until, limit: room });
    const limit = room - begun.length;
    return limit > 0
      ? [...begun, ...(await this.store.due(manager, lane, { status: 'pending', until, limit }))]
      : begun;
  }

  private async claim(tx: EntityManager, lane: string, candidates: readonly Candidate[]): Promise<Work[]> {
    const places = candidates.some(({ step }) => step.kind === 'start-workflow') ? await this.placesIn(tx, lane) : 0;
    const now = this.clock.now();
    const taken: Work[] = [];
    let started = 0;
    for (const { seen, step: wanted } of candidates) {
      const step = wanted.kind === 'start-workflow' && started >= places ? this.withoutPlace(seen, now) : wanted;
      if (!step) continue;
      const changes = this.leased(seen, step, now);
      if (!(await this.store.claim(tx, seen, changes))) continue;
      taken.push({ analysis: { ...seen, ...changes }, step });
      if (step.kind === 'start-workflow') started += 1;
    }
    return taken;
  }

  private async placesIn(tx: EntityManager, lane: string): Promise<number> {
    await this.lanes.lock(tx, lane);
    return this.policy.maxRunning(lane) - (await this.store.running(tx, lane, this.clock.now()));
  }

  /** Null while it may go on waiting. */
  private withoutPlace({ dueAt }: Analysis, now: Date): Step | null {
    return dueAt && dueAt <= this.policy.overdueSince(now) ? this.policy.crowdedOut() : null;
  }

  private leased(seen: Analysis, step: Step, now: Date): Partial<Analysis> & { leaseToken: string } {
    const engine = seen.engine ?? this.policy.firstEngine();
    return {
      engine,
      status: engine === 'built-in' ? 'processing' : seen.status,
      attempts: seen.attempts + 1,
      leaseToken: newId(),
      dueAt: new Date(now.getTime() + this.policy.leaseMs(step)),
    };
  }
}
