import { Clock, LOGGER, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { IntakeMetrics } from './intake.metrics';
import type { TroubleKind } from './intake-trouble.entity';
import { TroubleStore } from './trouble-store';

/** So many refused webhooks, none of them longer than {@link QUIET_MS} after the one before, are more than a mishap. */
const REPEATED = 3;
/** A trouble is over when a good webhook comes and it was not seen for this long: one good receiver does not clear a bad one. */
const QUIET_MS = 5 * 60_000;
/** How often a lasting trouble is noted, and troubles that other instances raised are looked up. */
const REFRESH_MS = 5_000;

interface Count {
  refused: number;
  seenAt: number;
  notedAt: number;
}

/**
 * Notices clusters whose webhooks are refused again and again, or come with alerts left out, and raises an alert about it in that
 * very cluster: a receiver that is refused is an outage that nobody else would report.
 */
@Injectable()
export class IntakeTroubles implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log: Logger;
  private readonly counts = new Map<string, Count>();
  /** When each open trouble was last seen, by cluster and kind; also those of other instances. */
  private open = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private work: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: TroubleStore,
    private readonly metrics: IntakeMetrics,
    private readonly clock: Clock,
    @Inject(LOGGER) log: Logger,
  ) {
    this.log = log.component('intake');
  }

  /** Takes over what was open when an earlier process ended. */
  onApplicationBootstrap(): void {
    this.inBackground(() => this.refresh());
    this.timer = setInterval(() => this.inBackground(() => this.refresh()), REFRESH_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.work;
  }

  /** A webhook with a good token was answered with 4xx; `status` is that answer. */
  refused(clusterId: string, status: number): void {
    this.metrics.refused(clusterId);
    const count = this.seen(clusterId, 'refused');
    if (count.refused >= REPEATED) this.report(clusterId, 'refused', count, `last answered with ${status}`);
  }

  /** A webhook was stored; `truncatedAlerts` says how many alerts its sender left out. Called for each: cheap when all is well. */
  accepted(clusterId: string, truncatedAlerts: number): void {
    if (truncatedAlerts > 0) {
      this.metrics.leftOut(clusterId, truncatedAlerts);
      const detail = `${truncatedAlerts} left out of one message`;
      this.report(clusterId, 'truncated', this.seen(clusterId, 'truncated'), detail);
    } else if (this.open.size > 0) {
      this.settle(clusterId, 'truncated');
    }
    if (this.open.size > 0) this.settle(clusterId, 'refused');
  }

  private seen(clusterId: string, kind: TroubleKind): Count {
    const now = this.now();
    const before = this.counts.get(keyOf(clusterId, kind));
    const isFresh = before !== undefined && now - before.seenAt <= QUIET_MS;
    const count = isFresh
      ? { ...before, refused: before.refused + 1, seenAt: now }
      : { refused: 1, seenAt: now, notedAt: Number.NEGATIVE_INFINITY };
    this.counts.set(keyOf(clusterId, kind), count);
    return count;
  }

  private report(clusterId: string, kind: TroubleKind, count: Count, detail: string): void {
    const now = this.now();
    if (now - count.notedAt < REFRESH_MS) return;
    count.notedAt = now;
    this.inBackground(async () => {
      const isNew = await this.store.raise(clusterId, kind, now, detail);
      this.open.set(keyOf(clusterId, kind), now);
      if (isNew) this.log.warn({ cluster_id: clusterId, kind, detail }, 'what this cluster sends does not all arrive');
    });
  }

  private settle(clusterId: string, kind: TroubleKind): void {
    const seenAt = this.open.get(keyOf(clusterId, kind));
    const now = this.now();
    if (seenAt === undefined || now - seenAt <= QUIET_MS) return;
    this.open.delete(keyOf(clusterId, kind));
    this.inBackground(async () => {
      const isOver = await this.store.settle(clusterId, kind, now, now - QUIET_MS);
      if (isOver) this.log.info({ cluster_id: clusterId, kind }, 'what this cluster sends arrives again');
    });
  }

  private async refresh(): Promise<void> {
    this.open = new Map((await this.store.list()).map((row) => [keyOf(row.cluster_id, row.kind), row.seen_at]));
    const now = this.now();
    for (const [key, { seenAt }] of this.counts) if (now - seenAt > QUIET_MS) this.counts.delete(key);
  }

  /** One after the other, never in the way of a webhook. What fails is tried again at the next occasion. */
  private inBackground(task: () => Promise<void>): void {
    this.work = this.work.then(task).catch((error: unknown) => {
      this.log.warn({ error }, 'an alert about refused webhooks could not be stored; trying again later');
    });
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

const keyOf = (clusterId: string, kind: TroubleKind): string => `${kind}/${clusterId}`;
