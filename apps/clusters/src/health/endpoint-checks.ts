import { Clock, LOGGER, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { millisecondsOf } from '../clusters/cluster-content';
import type { StoredCluster } from '../clusters/stored-cluster';
import { ClustersStore } from '../clusters/clusters.store';
import { EndpointCheck, type EndpointLook } from './endpoint-check';
import { EndpointResults } from './endpoint-results';

/** Milliseconds between two looks at whose turn it is. */
const TICK_MS = 100;
/** How old the list of clusters may be, in milliseconds. */
const LIST_EVERY_MS = 2_000;
/** Checks begun and not ended, in each of the two lanes. */
const LANE = 24;
/** A check that takes longer, in milliseconds, is in the slow lane from then on. */
const SLOW_MS = 1_000;

/** When an address is to be checked next, and how its last check went. */
interface Turn {
  dueAt: number;
  /** When the check began that is going on; null when none is. */
  startedAt: number | null;
  isTroubled: boolean;
}

/**
 * Checks the clusters' own addresses, each at its cluster's interval and with a deadline of its own. Those that did not answer last time, or do
 * not now, have a lane to themselves, so that however many of them hang, the others are checked on time.
 */
@Injectable()
export class EndpointChecks implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log: Logger;
  private readonly turns = new Map<string, Turn>();
  private readonly running = new Set<Promise<void>>();
  private clusters: StoredCluster[] = [];
  private listedAt = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | null = null;

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ClustersStore,
    private readonly check: EndpointCheck,
    private readonly results: EndpointResults,
    private readonly clock: Clock,
    @Inject(LOGGER) log: Logger,
  ) {
    this.log = log.component('endpoint-checks');
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.tick(), TICK_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
    await Promise.all(this.running);
  }

  /** Starts the checks that are due and have room, and then sees whether there are other clusters. Never fails. */
  async tick(): Promise<void> {
    // Not after the list: a slow database must not make checks late.
    this.startDue();
    this.looking ??= this.list()
      .catch((error: unknown) => this.log.warn({ error }, 'clusters could not be listed; checking those known'))
      .finally(() => (this.looking = null));
    await this.looking;
  }

  private async list(): Promise<void> {
    const now = this.now();
    if (now - this.listedAt < LIST_EVERY_MS) return;
    const clusters = await this.store.list(this.dataSource.manager, {});
    this.listedAt = now;
    this.clusters = clusters.filter(({ endpoint }) => endpoint !== null);
    const known = new Set(this.clusters.map(({ id }) => id));
    for (const id of this.turns.keys()) if (!known.has(id)) this.turns.delete(id);
    for (const cluster of this.clusters) {
      // Spread over one interval, or a hundred clusters would be checked in the same moment for ever.
      const dueAt = now + Math.random() * intervalOf(cluster);
      if (!this.turns.has(cluster.id)) this.turns.set(cluster.id, { dueAt, startedAt: null, isTroubled: false });
    }
  }

  private startDue(): void {
    const now = this.now();
    const due = this.clusters
      .flatMap((cluster) => ({ cluster, turn: this.turns.get(cluster.id)! }))
      .filter(({ turn }) => turn.startedAt === null && turn.dueAt <= now)
      .sort((a, b) => a.turn.dueAt - b.turn.dueAt);
    for (const { cluster, turn } of due) {
      const lane = laneOf(turn, now);
      const inLane = [...this.turns.values()].filter(
        (each) => each.startedAt !== null && laneOf(each, now) === lane,
      ).length;
      if (inLane >= LANE) continue;
      // Counted from when it was due, so that the interval is kept on average; what was missed is not made up for.
      turn.dueAt = Math.max(turn.dueAt + intervalOf(cluster), now);
      turn.startedAt = now;
      const run = this.run(cluster, turn).finally(() => this.running.delete(run));
      this.running.add(run);
    }
  }

  private async run(cluster: StoredCluster, turn: Turn): Promise<void> {
    let look: EndpointLook | undefined;
    try {
      look = await this.check.look(cluster.endpoint!, intervalOf(cluster));
      await this.results.take(cluster, look);
    } catch (error) {
      this.log.warn({ error, cluster: cluster.name }, 'the check of an address could not be written down');
    } finally {
      turn.startedAt = null;
      turn.isTroubled = look?.healthy === false;
    }
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

const laneOf = ({ startedAt, isTroubled }: Turn, now: number): 'fast' | 'slow' =>
  isTroubled || (startedAt !== null && now - startedAt >= SLOW_MS) ? 'slow' : 'fast';

const intervalOf = ({ settings }: StoredCluster): number => millisecondsOf(settings.health_check_interval);
