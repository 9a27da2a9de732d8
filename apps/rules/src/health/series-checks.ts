import { excerpt, missingSeries } from '@alertagent/alerting';
import type { RuleHealthSource } from '@alertagent/contracts';
import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PromqlSource } from '../sources/promql-source';
import { SourceSeries } from '../sources/source-series';
import { SourceFailure } from '../sources/source-failure';
import { inParallel } from './in-parallel';
import { RuleHealthStore } from './rule-health.store';
import type { StoredSeriesLook } from './series-look.entity';
import type { SweptRule } from './swept-rules';

/** How long an answer is good for, in milliseconds. */
const GOOD_FOR_MS = 3_600_000;
/** Questions at once to one source, and in one sweep: the rest is asked in the next. */
const AT_ONCE = 4;
const PER_SWEEP = 500;

/** A cluster, and where PromQL is asked about it. */
export interface SweptCluster {
  id: string;
  queryUrl: string | null;
  /** Is rejected when the service stops: nothing more is waited for. */
  stopped: Promise<never>;
}

/** Asks the sources of clusters whether they have the series that rules need. */
@Injectable()
export class SeriesChecks {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: RuleHealthStore,
    private readonly source: PromqlSource,
    private readonly series: SourceSeries,
    private readonly clock: Clock,
  ) {}

  /** What is known of each rule in its version, by rule id, asked anew where that is old. Never fails because of the source. */
  async of(cluster: SweptCluster, rules: readonly SweptRule[]): Promise<Map<string, StoredSeriesLook>> {
    const now = this.clock.now();
    const looks = await this.store.looks(this.dataSource.manager, cluster.id);
    const due = rules.filter(({ rule }) => isDue(looks.get(rule.id), rule.version, now)).slice(0, PER_SWEEP);
    const { outcome, reason } = await this.ask(cluster, due, looks);
    await inTransaction(this.dataSource, (tx) =>
      this.store.saveSource(tx, { clusterId: cluster.id, outcome, reason, lookedAt: now }),
    );
    const versions = new Map(rules.map(({ rule }) => [rule.id, rule.version]));
    return new Map([...looks].filter(([ruleId, { version }]) => versions.get(ruleId) === version));
  }

  private async ask(
    { id, queryUrl, stopped }: SweptCluster,
    due: readonly SweptRule[],
    looks: Map<string, StoredSeriesLook>,
  ): Promise<Pick<RuleHealthSource, 'outcome'> & { reason: string | null }> {
    if (queryUrl === null) return { outcome: 'no_address', reason: 'the cluster has no query_url' };
    const answers = new Map<string, Promise<boolean>>();
    const has = (selector: string, withinMs: number): Promise<boolean> => {
      // Many rules look at the same series.
      const key = `${withinMs} ${selector}`;
      const answer = answers.get(key) ?? Promise.race([this.series.has(queryUrl, selector, withinMs), stopped]);
      answers.set(key, answer);
      return answer;
    };
    try {
      // Also when nothing is due: whether it can be asked is told, too.
      if (due.length === 0) await Promise.race([this.source.query(queryUrl, '/query', { query: '1' }), stopped]);
      await inParallel(due, AT_ONCE, async ({ rule, reading }) => {
        const missing: string[] = [];
        for (const selector of reading.selectors) {
          const why = await missingSeries(selector, has);
          if (why !== null) missing.push(`${excerpt(selector)} (${why})`);
        }
        const look = { clusterId: id, ruleId: rule.id, version: rule.version, missing, lookedAt: this.clock.now() };
        await inTransaction(this.dataSource, (tx) => this.store.saveLook(tx, look));
        looks.set(rule.id, look);
      });
      return { outcome: 'asked', reason: null };
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      return { outcome: error.outcome === 'not_allowed' ? 'not_allowed' : 'failed', reason: error.message };
    }
  }
}

const isDue = (look: StoredSeriesLook | undefined, version: number, now: Date): boolean =>
  !look || look.version !== version || now.getTime() - look.lookedAt.getTime() >= GOOD_FOR_MS;
