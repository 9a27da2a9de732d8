import { listClusters } from '@alertagent/contracts';
import { Bus, Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClusterSweep } from './cluster-sweep';
import type { GatewayFacts } from './gateway-facts';
import { inParallel } from './in-parallel';
import { RuleHealthStore } from './rule-health.store';
import { SourceFailure } from '../sources/source-failure';
import { SweptRules } from './swept-rules';

/** Clusters looked at at once. */
const AT_ONCE = 4;
/** A sweep that has not ended by then, in milliseconds, was that of a process that is gone. */
const LEASE_MS = 30 * 60_000;
const CLUSTERS_PER_PAGE = 500;

/** Looks at every rule on every cluster. */
@Injectable()
export class Sweep {
  constructor(
    private readonly dataSource: DataSource,
    private readonly bus: Bus,
    private readonly rules: SweptRules,
    private readonly clusters: ClusterSweep,
    private readonly store: RuleHealthStore,
    private readonly clock: Clock,
  ) {}

  /** Does nothing while another instance sweeps. Errors: ServiceError when the clusters cannot be listed. */
  async run(signal: AbortSignal): Promise<void> {
    const now = this.clock.now();
    const leaseUntil = new Date(now.getTime() + LEASE_MS);
    if (!(await inTransaction(this.dataSource, (tx) => this.store.begin(tx, now, leaseUntil)))) return;
    const gateway: GatewayFacts = { rules: new Map(), namesTeams: false, reason: null };
    const stopped = whenStopped(signal);
    let isWhole = false;
    try {
      const addresses = await this.addresses();
      const running: string[] = [];
      await inParallel([...addresses], AT_ONCE, async ([id, queryUrl]) => {
        const rules = await this.rules.of(id);
        if (rules.length === 0 || signal.aborted) return;
        running.push(id);
        await this.clusters.look({ id, queryUrl, stopped }, rules, gateway);
      });
      if (signal.aborted) return;
      await inTransaction(this.dataSource, (tx) => this.store.keepOnly(tx, running));
      this.rules.endSweep();
      isWhole = true;
    } finally {
      const result = isWhole ? { sweptAt: now, gatewayReason: gateway.reason ?? '' } : null;
      await inTransaction(this.dataSource, (tx) => this.store.end(tx, result));
    }
  }

  /** Where PromQL is asked about each cluster that is not retired. */
  private async addresses(): Promise<Map<string, string | null>> {
    const found = new Map<string, string | null>();
    let cursor: string | null = null;
    do {
      const page: { items: { id: string; query_url?: string | null }[]; next_cursor?: string | null } =
        await this.bus.request(listClusters, { cursor, limit: CLUSTERS_PER_PAGE });
      for (const { id, query_url } of page.items) found.set(id, query_url ?? null);
      cursor = page.next_cursor ?? null;
    } while (cursor !== null);
    return found;
  }
}

function whenStopped(signal: AbortSignal): Promise<never> {
  const stopped = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new SourceFailure('failed', 'the service stopped')), { once: true });
  });
  // Nobody may be waiting when it stops.
  stopped.catch(() => undefined);
  return stopped;
}
