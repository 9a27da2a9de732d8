import {
  MOST_POINTS,
  rangeQueries,
  readRangeAnswer,
  type EvaluationTimes,
  type RangeQuery,
  type RangeSeries,
} from '@alertagent/alerting';
import { setTimeout as delay } from 'node:timers/promises';
import { PromqlSource } from '../sources/promql-source';
import { SourceFailure } from '../sources/source-failure';
import type { BacktestSpec } from './backtest-spec';

/** What the expression was at some evaluations in a row. */
export interface Stretch {
  index: number;
  count: number;
  series: RangeSeries[];
}

/** Points per stretch that are aimed at: enough that asking costs little, few enough for other work to get its turn. */
const POINTS = 200_000;
/** Before it is known how many series there are. */
const FIRST_COUNT = 500;
const MOST_FAILURES = 8;
const AT_ONCE = 4;

/** The history of one expression, read from its source in stretches that fit. */
export class ExpressionHistory {
  /** Milliseconds that the source took to answer. */
  sourceMs = 0;
  private count: number;
  private failures = 0;
  private readonly leastCount: number;

  constructor(
    private readonly source: PromqlSource,
    private readonly spec: BacktestSpec,
    private readonly rule: { expression: string; queryOffsetMs: number },
    private readonly times: EvaluationTimes,
    private readonly signal: AbortSignal,
  ) {
    // Each query to VictoriaMetrics asks for every so many evaluations only; one of less than a few points is not worth it.
    const strands = rangeQueries(times, { index: 0, count: times.count }, this.evaluator).length;
    this.leastCount = strands > 1 ? strands * 20 : 1;
    this.count = Math.max(FIRST_COUNT, this.leastCount);
  }

  /** Every evaluation once, in the order of time; the next stretch is asked for while one is looked at. Errors: SourceFailure; AbortError. */
  async *stretches(): AsyncGenerator<Stretch> {
    let next = this.stretchFrom(0);
    for (;;) {
      const stretch = await next;
      if (stretch === null) return;
      next = this.stretchFrom(stretch.index + stretch.count);
      // Whoever looks at this one may fail before the next is waited for.
      next.catch(() => undefined);
      yield stretch;
    }
  }

  private get evaluator(): 'prometheus' | 'vmalert' {
    return this.spec.sourceKind === 'victoriametrics' ? 'vmalert' : 'prometheus';
  }

  private async stretchFrom(index: number): Promise<Stretch | null> {
    while (index < this.times.count) {
      this.signal.throwIfAborted();
      const count = Math.min(this.count, this.times.count - index);
      try {
        const series = await this.ask(index, count);
        this.failures = 0;
        this.adapt(series, count);
        return { index, count, series };
      } catch (error) {
        await this.failed(error, count);
      }
    }
    return null;
  }

  private async ask(index: number, count: number): Promise<RangeSeries[]> {
    const queries = rangeQueries(this.times, { index, count }, this.evaluator);
    const series: RangeSeries[] = [];
    const started = performance.now();
    for (let start = 0; start < queries.length; start += AT_ONCE) {
      this.signal.throwIfAborted();
      const answers = await Promise.all(queries.slice(start, start + AT_ONCE).map((query) => this.askOne(query)));
      series.push(...answers.flat());
    }
    this.sourceMs += performance.now() - started;
    return series;
  }

  private async askOne({ start, end, stepMs }: RangeQuery): Promise<RangeSeries[]> {
    const { sourceUrl } = this.spec;
    const form = {
      query: this.rule.expression,
      start: seconds(start - this.rule.queryOffsetMs),
      end: seconds(end - this.rule.queryOffsetMs),
      step: seconds(stepMs),
      // VictoriaMetrics would move the times to multiples of the step.
      nocache: '1',
    };
    const data = await this.source.query(sourceUrl, '/query_range', form, this.signal);
    try {
      return readRangeAnswer(data);
    } catch (cause) {
      throw new SourceFailure('refused', 'the answer of the source is not that of Prometheus', { cause });
    }
  }

  private adapt(series: readonly RangeSeries[], count: number): void {
    const points = series.reduce((sum, { times }) => sum + times.length, 0);
    const fitting = points === 0 ? MOST_POINTS : Math.floor((POINTS * count) / points);
    this.count = Math.max(this.leastCount, Math.min(MOST_POINTS, fitting, count * 4));
  }

  /** A smaller question, a moment later, helps against most of what can go wrong. */
  private async failed(error: unknown, count: number): Promise<void> {
    this.signal.throwIfAborted();
    if (!(error instanceof SourceFailure) || error.outcome !== 'failed') throw error;
    this.failures += 1;
    if (this.failures >= MOST_FAILURES) throw error;
    this.count = Math.max(1, Math.floor(count / 2));
    await delay(Math.min(5_000, 50 * 2 ** this.failures), undefined, { signal: this.signal });
  }
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);
