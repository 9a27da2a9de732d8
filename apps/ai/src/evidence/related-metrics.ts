import { measuredExpression, type EvidenceItem } from '@alertagent/alerting';
import { getCluster, ServiceError, type RuleView } from '@alertagent/contracts';
import {
  AlertAgentConfig,
  Bus,
  Clock,
  LOGGER,
  outboundClient,
  type Logger,
  type OutboundClient,
} from '@alertagent/service-kit';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { AnalysisSubject } from '../analysts/evidence';

/** A question about a fixed time, so that it can be asked again. */
interface RangeQuestion {
  cluster_id: string;
  query: string;
  /** Epoch seconds. */
  start: number;
  end: number;
  step: number;
}

interface Series {
  metric: Record<string, string>;
  values: [number, string][];
}

const ASK_CLUSTER_MS = 1_000;
const QUERY_MS = 5_000;
const MAX_ANSWER_BYTES = 1024 * 1024;
const HOUR_S = 3_600;
const STEP_S = 60;
/** Scrapes of the last minute may still be on their way, and the same question would be answered differently a moment later. */
const UNSETTLED_S = 60;
/** Of the series that the rule measures: those of the alert, and others to compare with. */
const OWN_SERIES = 3;
const NEIGHBOURS = 4;

/**
 * What the rule measures, two hours of it until an hour after the alert began, or until a minute ago: the series of the alert, and its neighbours. Asked of the Prometheus
 * or VictoriaMetrics of the cluster, where one is known and may be asked. An analysis goes on without it.
 */
@Injectable()
export class RelatedMetrics implements OnApplicationShutdown {
  private readonly client: OutboundClient;
  private readonly log: Logger;

  constructor(
    { security }: AlertAgentConfig,
    private readonly bus: Bus,
    private readonly clock: Clock,
    @Inject(LOGGER) log: Logger,
  ) {
    this.client = outboundClient({
      allow: security.outbound_allow,
      totalMs: QUERY_MS,
      maxBodyBytes: MAX_ANSWER_BYTES,
    });
    this.log = log.component('evidence');
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }

  /** Empty when nothing can be had. */
  async of({ clusterId, alert, context }: AnalysisSubject, rule: RuleView | null): Promise<EvidenceItem[]> {
    if (rule === null || context?.related_metrics === false) return [];
    const startedAt = Date.parse(alert.starts_at);
    const settled = this.clock.now().getTime() - UNSETTLED_S * 1_000;
    const until = Number.isFinite(startedAt) ? Math.min(startedAt + HOUR_S * 1_000, settled) : settled;
    // Whole steps: the same question again gets the same points.
    const end = Math.floor(until / 1_000 / STEP_S) * STEP_S;
    const query = measuredExpression(rule.expression);
    const question = { cluster_id: clusterId, query, start: end - 2 * HOUR_S, end, step: STEP_S };
    const series = await this.ask(question);
    if (series === null) return [];
    const isOwn = ({ metric }: Series): boolean =>
      Object.entries(metric).every(([name, value]) => name === '__name__' || alert.labels[name] === value);
    const own = series.filter(isOwn).slice(0, OWN_SERIES);
    const others = series.filter((one) => !isOwn(one)).slice(0, NEIGHBOURS);
    return [
      itemOf('m1', 'What the rule measures, for this alert', question, own),
      itemOf('m2', 'The same for its neighbours', question, others),
    ].filter(({ value }) => (value as Series[]).length > 0);
  }

  /** The same question again, with the same series picked; null when it cannot be had. */
  async again({ query, value }: EvidenceItem): Promise<Series[] | null> {
    const series = query === null ? null : await this.ask(JSON.parse(query) as RangeQuestion);
    if (series === null) return null;
    const wanted = new Set((value as Series[]).map(({ metric }) => JSON.stringify(metric)));
    return series.filter(({ metric }) => wanted.has(JSON.stringify(metric)));
  }

  private async ask({ cluster_id, query, start, end, step }: RangeQuestion): Promise<Series[] | null> {
    try {
      const { query_url } = await this.bus.request(getCluster, { id: cluster_id }, { timeoutMs: ASK_CLUSTER_MS });
      if (!query_url) return null;
      const form = {
        query,
        start: String(start),
        end: String(end),
        step: String(step),
        timeout: `${QUERY_MS / 1000}s`,
      };
      const { status, body } = await this.client.request({
        method: 'POST',
        url: `${query_url}/api/v1/query_range`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        // VictoriaMetrics would move the times.
        body: new URLSearchParams({ ...form, nocache: '1' }).toString(),
      });
      return status === 200 ? seriesOf(JSON.parse(body)) : null;
    } catch (error) {
      if (!(error instanceof ServiceError) && !(error instanceof SyntaxError)) throw error;
      this.log.debug({ error }, 'an analysis goes on without metrics');
      return null;
    }
  }
}

const itemOf = (id: string, title: string, question: RangeQuestion, value: Series[]): EvidenceItem => ({
  id,
  kind: 'metrics',
  title,
  query: JSON.stringify(question),
  value,
});

/** The matrix in an answer, in an order that does not depend on the source; null for anything else. */
function seriesOf(answer: unknown): Series[] | null {
  const data = isObject(answer) && answer['status'] === 'success' ? answer['data'] : null;
  if (!isObject(data) || data['resultType'] !== 'matrix' || !Array.isArray(data['result'])) return null;
  return (data['result'] as Series[])
    .filter((one) => isObject(one) && isObject(one.metric) && Array.isArray(one.values))
    .map(({ metric, values }) => ({ metric: sorted(metric), values }))
    .sort((a, b) => (JSON.stringify(a.metric) < JSON.stringify(b.metric) ? -1 : 1));
}

const sorted = (labels: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
