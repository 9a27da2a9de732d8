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

/** What taking an analysis changes in it, but for the token. */
type Lease = Pick<Analysis, 'engine' | 'status' | 'attempts' | 'dueAt'>;

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

  /** Takes what is due, of each lane as much as there is room for beside what is in hand. Lanes share no room: one whose calls hang holds up no other. */
  async take(inHandOf: (lane: string) => number): Promise<Work[]> {
    const { manager } = this.dataSource;
    if (!(await this.store.isAnyDue(manager, this.clock.now()))) return [];
    const taken: Work[] = [];
    for (const lane of await this.lanes.names(manager)) {
      const room = this.policy.maxInHand(lane) - inHandOf(lane);
      if (room > 0) taken.push(...(await this.takeFrom(lane, room)));
    }
    return taken;
  }

  /** What nobody waits for any more is dropped on the way, and takes no room. */
  private async takeFrom(lane: string, room: number): Promise<Work[]> {
    for (;;) {
      const due = await this.dueIn(lane, room);
      const stale = await this.stale.among(due);
      const dropped = await this.stale.drop(stale);
      const candidates = due
        .filter((seen) => !stale.includes(seen))
        .map((seen) => ({ seen, step: this.policy.nextStep(seen) }));
      if (candidates.length > 0) return inTransaction(this.dataSource, (tx) => this.claim(tx, lane, candidates));
      if (dropped === 0) return [];
    }
  }

  private async dueIn(lane: string, room: number): Promise<Analysis[]> {
    const { manager } = this.dataSource;
    const until = this.clock.now();
    const begun = await this.store.due(manager, lane, { status: 'processing', until, limit: room });
    const left = room - begun.length;
    return left > 0 ? [...begun, ...(await this.waitingIn(lane, left, until))] : begun;
  }

  /** No more than could be started; while no place is free, only what has waited too long for one. */
  private async waitingIn(lane: string, room: number, now: Date): Promise<Analysis[]> {
    const { manager } = this.dataSource;
    const places = this.policy.hasPlaces(lane) ? await this.freePlaces(manager, lane) : room;
    const look =
      places > 0
        ? { until: now, limit: Math.min(room, places) }
        : { until: this.policy.overdueSince(now), limit: room };
    return this.store.due(manager, lane, { status: 'pending', ...look });
  }

  private async claim(tx: EntityManager, lane: string, candidates: readonly Candidate[]): Promise<Work[]> {
    let places = candidates.some(({ step }) => step.kind === 'start-workflow') ? await this.placesIn(tx, lane) : 0;
    const now = this.clock.now();
    const wanted: Candidate[] = [];
    for (const { seen, step: next } of candidates) {
      const step = next.kind === 'start-workflow' && places <= 0 ? this.withoutPlace(seen, now) : next;
      if (!step) continue;
      if (step.kind === 'start-workflow') places -= 1;
      wanted.push({ seen, step });
    }
    return this.lease(tx, wanted, now);
  }

  /** Those that change alike are written together. */
  private async lease(tx: EntityManager, wanted: readonly Candidate[], now: Date): Promise<Work[]> {
    const alike = new Map<string, { changes: Lease; some: Candidate[] }>();
    for (const candidate of wanted) {
      const changes = this.leaseOf(candidate, now);
      const key = JSON.stringify(changes);
      const { some } = alike.get(key) ?? alike.set(key, { changes, some: [] }).get(key)!;
      some.push(candidate);
    }
    const taken: Work[] = [];
    for (const { changes, some } of alike.values()) {
      const held = { ...changes, leaseToken: newId() };
      const ids = await this.store.claimAll(
        tx,
        some.map(({ seen }) => seen),
        held,
      );
      for (const { seen, step } of some) if (ids.has(seen.id)) taken.push({ analysis: { ...seen, ...held }, step });
    }
    return taken;
  }

  /** Counted anew under the lock: what was read before may be out of date. */
  private async placesIn(tx: EntityManager, lane: string): Promise<number> {
    await this.lanes.lock(tx, lane);
    return this.freePlaces(tx, lane);
  }

  private async freePlaces(manager: EntityManager, lane: string): Promise<number> {
    return this.policy.maxRunning(lane) - (await this.store.running(manager, lane, this.clock.now()));
  }

  /** Null while it may go on waiting. */
  private withoutPlace({ dueAt }: Analysis, now: Date): Step | null {
    return dueAt && dueAt <= this.policy.overdueSince(now) ? this.policy.crowdedOut() : null;
  }

  private leaseOf({ seen, step }: Candidate, now: Date): Lease {
    const engine = seen.engine ?? this.policy.firstEngine();
    return {
      engine,
      status: engine === 'built-in' ? 'processing' : seen.status,
      attempts: seen.attempts + 1,
      dueAt: new Date(now.getTime() + this.policy.leaseMs(step)),
    };
  }
}
