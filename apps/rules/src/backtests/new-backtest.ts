import { localHours, parseDuration } from '@alertagent/alerting';
import { getCluster, ServiceError, type BacktestInput } from '@alertagent/contracts';
import { Bus, Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { NOWHERE, type RuleSite } from '../rules/rule-on-cluster';
import { BacktestSubjects, invalid } from './backtest-subjects';
import type { BacktestSpec } from './backtest-spec';

const DAY_MS = 24 * 3_600_000;
const DEFAULT_PERIOD_MS = 7 * DAY_MS;
const LONGEST_PERIOD_MS = 93 * DAY_MS;
/** A caller's clock may be a little ahead of ours. */
const AHEAD_MS = 5 * 60_000;

/** Turns what somebody asked into everything a backtest is about. */
@Injectable()
export class NewBacktest {
  constructor(
    private readonly subjects: BacktestSubjects,
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  /** Errors: `invalid` with pointers; `not_found`; `conflict` when the cluster cannot be asked; those of the bus. */
  async make(input: BacktestInput): Promise<BacktestSpec> {
    const period = periodOf(input, this.clock.now().getTime());
    const timeZone = input.time_zone ?? 'UTC';
    if (!localHours(timeZone))
      throw invalid('/time_zone', 'bad_time_zone', 'there is no such time zone; use a name such as Europe/Berlin');
    const intervalMs = input.interval ? parseDuration(input.interval) : null;
    if (input.interval && !intervalMs)
      throw invalid('/interval', 'bad_duration', 'expected a duration such as 15s or 1m');
    const { site, ...source } = await this.sourceOf(input);
    const first = await this.subjects.resolve(input, '', site);
    const second = input.compare ? await this.subjects.resolve(input.compare, '/compare', site) : null;
    return { first, second, ...source, ...period, intervalMs, timeZone };
  }

  private async sourceOf({
    cluster,
    source,
  }: BacktestInput): Promise<Pick<BacktestSpec, 'clusterId' | 'sourceUrl' | 'sourceKind'> & { site: RuleSite }> {
    if (cluster && source) throw invalid('/source', 'ambiguous', 'give cluster or source, not both');
    if (source)
      return {
        clusterId: null,
        sourceUrl: source.url.replace(/\/+$/, ''),
        sourceKind: source.kind ?? 'prometheus',
        site: NOWHERE,
      };
    if (!cluster) throw invalid('/cluster', 'required', 'give the id or name of a cluster, or a source with its url');
    const { id, kind, query_url, labels } = await this.bus.request(getCluster, { id: cluster }).catch(namingTheCluster);
    if (kind === 'alertmanager') throw new ServiceError('conflict', 'the cluster evaluates no rules');
    if (!query_url)
      throw new ServiceError('conflict', 'it is not known where to ask PromQL about the cluster; set its query_url');
    return { clusterId: id, sourceUrl: query_url, sourceKind: kind, site: { clusterId: id, labels } };
  }
}

function namingTheCluster(error: unknown): never {
  if (error instanceof ServiceError && error.code === 'not_found')
    throw invalid('/cluster', 'unknown_cluster', 'no cluster has this id or name');
  throw error;
}

function periodOf(input: BacktestInput, now: number): { from: number; to: number } {
  const to = input.to ? timeOf(input.to, '/to') : now;
  if (to > now + AHEAD_MS) throw invalid('/to', 'in_the_future', 'nothing is known about the future');
  const from = input.from ? timeOf(input.from, '/from') : to - DEFAULT_PERIOD_MS;
  if (from >= to) throw invalid('/from', 'out_of_range', 'must be before to');
  if (to - from > LONGEST_PERIOD_MS) throw invalid('/from', 'out_of_range', 'a backtest covers 93 days at most');
  return { from, to: Math.min(to, now) };
}

/** A time without a zone is in UTC, wherever this process runs. */
function timeOf(text: string, pointer: string): number {
  const isZoned = /(?:Z|[+-]\d\d:?(?:\d\d)?)$/i.test(text) || !text.includes('T');
  const ms = Date.parse(isZoned ? text : `${text}Z`);
  if (Number.isNaN(ms)) throw invalid(pointer, 'bad_time', 'expected a time such as 2030-01-31T12:00:00Z');
  return ms;
}
