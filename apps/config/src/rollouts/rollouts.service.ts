import {
  ServiceError,
  type Actor,
  type ChangeRollout,
  type DeleteRollout,
  type ListRolloutClusters,
  type ListRollouts,
  type OrderRollout,
  type RolloutClusterPage,
  type RolloutDetail,
  type RolloutOrder,
  type RolloutPage,
  type RolloutView,
} from '@alertagent/contracts';
import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { HoldsStore } from '../revisions/holds.store';
import { RolloutChanges } from './rollout-changes';
import { RolloutSight } from './rollout-sight';
import { rolloutClusterView, rolloutDetail, rolloutView } from './rollout-view';
import type { Rollout } from './rollout.entity';
import { RolloutsStore, StaleRollout } from './rollouts.store';

const DEFAULT_PAGE = 50;

/** How often a change starts over because the rollout took a step meanwhile. */
const MAX_ATTEMPTS = 10;

/** When an order makes sense. */
interface OrderTerms {
  from: readonly Rollout['state'][];
  kinds: readonly Rollout['kind'][];
}

const UNDER_WAY: readonly Rollout['state'][] = ['open', 'staging', 'running', 'paused'];

const ORDERS: Readonly<Record<RolloutOrder, OrderTerms>> = {
  start: { from: ['open'], kinds: ['change'] },
  pause: { from: ['running'], kinds: ['change'] },
  resume: { from: ['paused'], kinds: ['change'] },
  abort: { from: UNDER_WAY, kinds: ['change', 'rollback'] },
  release: { from: ['completed', 'stopped', 'aborted'], kinds: ['change', 'rollback'] },
};

/** What people read of rollouts and do to them. */
@Injectable()
export class RolloutsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: RolloutsStore,
    private readonly holds: HoldsStore,
    private readonly sight: RolloutSight,
    private readonly changes: RolloutChanges,
    private readonly clock: Clock,
  ) {}

  /** Errors: ServiceError `not_found`. */
  async get(id: string): Promise<RolloutDetail> {
    const rollout = await this.store.find(id);
    if (!rollout) throw notFound();
    return rolloutDetail(rollout, await this.sight.look(rollout, await this.store.clusters(id)));
  }

  /** Newest first; the cursor is the id of the last one. */
  async list({ state, kind, cursor, limit }: ListRollouts): Promise<RolloutPage> {
    const size = limit ?? DEFAULT_PAGE;
    const rows = await this.store.list({ state, kind, before: readCursor(cursor), limit: size + 1 });
    const items = rows.slice(0, size);
    return { items: items.map(rolloutView), next_cursor: rows.length > size ? (items.at(-1)?.id ?? null) : null };
  }

  /** By cluster id. Errors: ServiceError `not_found`. */
  async clusters({ id, cursor, limit }: ListRolloutClusters): Promise<RolloutClusterPage> {
    const rollout = await this.store.find(id);
    if (!rollout) throw notFound();
    const size = limit ?? DEFAULT_PAGE;
    const rows = await this.store.clusterPage(id, readCursor(cursor), size + 1);
    const seen = await this.sight.look(rollout, rows.slice(0, size));
    return {
      items: seen.map((one) => rolloutClusterView(rollout, one)),
      next_cursor: rows.length > size ? (seen.at(-1)?.row.clusterId ?? null) : null,
    };
  }

  /** Errors: ServiceError `not_found`; `conflict` when it has ended, or has another version than expected. */
  change({ id, change, expected_version, actor }: ChangeRollout): Promise<RolloutView> {
    return this.fresh(id, async (tx, rollout) => {
      if (!UNDER_WAY.includes(rollout.state)) throw wrongState(rollout);
      if (typeof expected_version === 'number' && expected_version !== rollout.version) {
        const detail = 'the rollout has been changed meanwhile';
        const errors = [{ pointer: '', code: 'version_mismatch', detail }];
        throw new ServiceError('conflict', detail, { errors });
      }
      const plan = { ...rollout.plan, deadlineSeconds: change.deadline_seconds ?? rollout.plan.deadlineSeconds };
      const changed = { name: change.name ?? rollout.name, gates: change.gates ?? rollout.gates, plan };
      const after = await this.store.step(tx, rollout, changed);
      await this.changes.record(tx, after, 'change', actor);
      return after;
    });
  }

  /** Errors: ServiceError `not_found`; `conflict` when the order makes no sense in its state. */
  order({ id, order, actor }: OrderRollout): Promise<RolloutView> {
    const { from, kinds } = ORDERS[order];
    return this.fresh(id, async (tx, rollout) => {
      if (!from.includes(rollout.state) || !kinds.includes(rollout.kind)) throw wrongState(rollout);
      const now = this.clock.now();
      const orderedBy = `${order} ordered by ${actor.name}`;
      switch (order) {
        case 'start':
          return this.changes.advance(tx, rollout, { state: 'staging', startedAt: now, watchedFrom: now }, actor);
        case 'pause':
          return this.changes.advance(tx, rollout, { state: 'paused', reason: orderedBy }, actor);
        case 'resume':
          return this.changes.advance(tx, rollout, { state: 'running', reason: null, watchedFrom: now }, actor);
        case 'abort':
          return this.abort(tx, rollout, orderedBy, actor);
        case 'release':
          await this.holds.release(tx, { rolloutId: id }, now);
          await this.changes.record(tx, rollout, 'release', actor);
          return this.store.step(tx, rollout, {});
      }
    });
  }

  /** Errors: ServiceError `not_found`; `conflict` until it has ended and holds nothing. */
  async delete({ id, actor }: DeleteRollout): Promise<void> {
    await this.fresh(id, async (tx, rollout) => {
      if (!rollout.settledAt) throw new ServiceError('conflict', 'it is under way, or clusters are on their way back');
      if ((await this.holds.count(tx, id)) > 0)
        throw new ServiceError('conflict', 'it holds clusters; release them first');
      await this.store.step(tx, rollout, {});
      await this.store.delete(tx, id);
      await this.changes.record(tx, rollout, 'delete', actor);
      return rollout;
    });
  }

  private async abort(tx: EntityManager, rollout: Rollout, reason: string, actor: Actor): Promise<Rollout> {
    // Of a rollback only what was not sent yet can be stopped.
    if (rollout.kind === 'rollback')
      await this.store.moveAll(tx, rollout.id, ['return_due'], { state: 'left', reason });
    return this.changes.end(tx, rollout, { state: 'aborted', reason }, actor);
  }

  /** Changes the rollout as it is now; steps that it takes meanwhile only make the change start over. */
  private async fresh(
    id: string,
    change: (tx: EntityManager, rollout: Rollout) => Promise<Rollout>,
  ): Promise<RolloutView> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      try {
        return await inTransaction(this.dataSource, async (tx) => {
          const rollout = await this.store.find(id, tx);
          if (!rollout) throw notFound();
          return rolloutView(await change(tx, rollout));
        });
      } catch (error) {
        if (!(error instanceof StaleRollout)) throw error;
      }
    }
    throw new ServiceError('unavailable', 'the rollout kept changing; try again');
  }
}

const notFound = (): ServiceError => new ServiceError('not_found', 'no such rollout');

const wrongState = ({ kind, state }: Rollout): ServiceError =>
  new ServiceError('conflict', `not possible: this ${kind === 'change' ? 'rollout' : 'rollback'} is ${state}`);

function readCursor(cursor: string | null | undefined): string | null {
  if (cursor && !/^[0-9a-f-]{36}$/.test(cursor)) throw new ServiceError('invalid', 'unknown cursor');
  return cursor ?? null;
}
