import {
  AggregatorRegistry,
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
  type MetricObjectWithValues,
  type MetricValue,
} from 'prom-client';
import { LabelSet, type LabelNames, type LabelSpecs, type LabelValues } from './label-set';

/** What every metric has. */
export interface MetricOptions<L extends LabelSpecs> {
  /** Name without the namespace, e.g. `rule_distribution_total`. */
  name: string;
  /** One sentence for the people who build dashboards. */
  help: string;
  /** Closed lists of values, or `{max}` for labels such as cluster whose values are not known beforehand. */
  labels?: L;
}

/** Counts up. All series of closed labels exist from the start at 0, or `increase()` would miss the first event. */
export interface CounterMetric<L extends LabelSpecs> {
  inc(labels: LabelValues<L>, by?: number): void;
}

/** Distribution of a measure, usually seconds. */
export interface HistogramMetric<L extends LabelSpecs> {
  observe(labels: LabelValues<L>, value: number): void;
}

/** A value that goes up and down. */
export interface GaugeMetric<L extends LabelSpecs> {
  set(labels: LabelValues<L>, value: number): void;
  /** Drops the series of something that no longer exists. */
  remove(labels: LabelValues<L>): void;
}

/** Which one of a fixed set of states something is in: 1 for that state, 0 for the others. */
export interface StateMetric<L extends LabelSpecs, S extends string> {
  set(labels: LabelValues<L>, state: S): void;
  remove(labels: LabelValues<L>): void;
}

/** Seconds, from a cached answer to a minute of waiting for a language model. */
export const DURATION_BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The figures of one registry at one moment, as plain values. */
export type MetricSnapshot = MetricObjectWithValues<MetricValue<string>>[];

/**
 * Makes the metrics of one service. Each part declares its own beside its code, with labels that can't grow without
 * bound; there is no way to record a label value that was not declared.
 */
export class Metrics {
  readonly registry = new Registry();

  constructor(private readonly options: { namespace: string; processMetrics?: boolean }) {
    if (options.processMetrics ?? true) collectDefaultMetrics({ register: this.registry });
  }

  counter<const L extends LabelSpecs = Record<never, never>>(options: MetricOptions<L>): CounterMetric<L> {
    const metric = new Counter({ ...this.describe(options), registers: [this.registry] });
    const labels = new LabelSet(options.labels, (values) => metric.inc(values, 0));
    return { inc: (values, by = 1) => metric.inc(labels.resolve(values), by) };
  }

  histogram<const L extends LabelSpecs = Record<never, never>>(
    options: MetricOptions<L> & { buckets?: readonly number[] },
  ): HistogramMetric<L> {
    const metric = new Histogram({
      ...this.describe(options),
      buckets: [...(options.buckets ?? DURATION_BUCKETS)],
      registers: [this.registry],
    });
    const labels = new LabelSet(options.labels, (values) => metric.zero(values));
    return { observe: (values, value) => metric.observe(labels.resolve(values), value) };
  }

  /** With `collect` the value is asked for at each scrape; then the gauge has no labels. */
  gauge<const L extends LabelSpecs = Record<never, never>>(
    options: MetricOptions<L> & { collect?: () => number | Promise<number> },
  ): GaugeMetric<L> {
    const { collect } = options;
    const metric: Gauge<LabelNames<L>> = new Gauge({
      ...this.describe(options),
      registers: [this.registry],
      // Of two parts of a service that both have it, the one that knows of more.
      aggregator: 'max',
      ...(collect ? { collect: async () => metric.set(await collect()) } : {}),
    });
    const labels = new LabelSet(options.labels, () => undefined);
    return {
      set: (values, value) => metric.set(labels.resolve(values), value),
      remove: (values) => {
        metric.remove(labels.resolve(values));
        labels.forget(values);
      },
    };
  }

  /** A gauge per state: no series of a former state is left at 1. The states go into a label named `status`. */
  states<const L extends LabelSpecs, const S extends string>(
    options: MetricOptions<L> & { states: readonly S[] },
  ): StateMetric<L, S> {
    const { name, help, states } = options;
    const metric = new Gauge({
      name: this.fullName(name),
      help,
      labelNames: [...Object.keys(options.labels ?? {}), 'status'],
      registers: [this.registry],
      aggregator: 'max',
    });
    const labels = new LabelSet(options.labels, () => undefined);
    return {
      set: (values, state) => {
        for (const status of states) metric.set({ ...labels.resolve(values), status }, status === state ? 1 : 0);
      },
      remove: (values) => {
        for (const status of states) metric.remove({ ...labels.resolve(values), status });
        labels.forget(values);
      },
    };
  }

  /** The text that Prometheus scrapes; `other` are the figures of another part of the same service. */
  async render(other: MetricSnapshot | null = null): Promise<{ contentType: string; body: string }> {
    const registry = other === null ? this.registry : AggregatorRegistry.aggregate([await this.snapshot(), other]);
    return { contentType: this.registry.contentType, body: await registry.metrics() };
  }

  /** The figures of now, to be handed to another thread. */
  async snapshot(): Promise<MetricSnapshot> {
    return (await this.registry.getMetricsAsJSON()) as MetricSnapshot;
  }

  private describe<L extends LabelSpecs>(
    options: MetricOptions<L>,
  ): { name: string; help: string; labelNames: LabelNames<L>[] } {
    return {
      name: this.fullName(options.name),
      help: options.help,
      labelNames: Object.keys(options.labels ?? {}) as LabelNames<L>[],
    };
  }

  private fullName(name: string): string {
    return `${this.options.namespace}_${name}`;
  }
}
