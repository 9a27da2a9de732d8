/** One series of a range query's answer. */
export interface RangeSeries {
  labels: Record<string, string>;
  /** Epoch milliseconds, growing. */
  times: number[];
  /** As many as times; of native histograms their sums. */
  values: string[];
}

/** Reads the `data` of `/api/v1/query_range`. Throws a TypeError when it is something else. */
export function readRangeAnswer(data: unknown): RangeSeries[] {
  if (!isObject(data) || data.resultType !== 'matrix' || !Array.isArray(data.result))
    throw new TypeError('not the answer to a range query');
  return data.result.map(readSeries);
}

function readSeries(series: unknown): RangeSeries {
  if (!isObject(series) || !isObject(series.metric)) throw new TypeError('not a series');
  const { values = [], histograms = [] } = series;
  if (!Array.isArray(values) || !Array.isArray(histograms)) throw new TypeError('not a series');
  const points = histograms.length === 0 ? values : [...values, ...histograms].sort((a, b) => timeOf(a) - timeOf(b));
  return {
    labels: series.metric as Record<string, string>,
    times: points.map(timeOf),
    values: points.map(valueOf),
  };
}

function timeOf(point: unknown): number {
  const seconds: unknown = Array.isArray(point) ? point[0] : null;
  if (typeof seconds !== 'number') throw new TypeError('not a point');
  return Math.round(seconds * 1000);
}

function valueOf(point: [number, unknown]): string {
  const [, value] = point;
  if (typeof value === 'string') return value;
  return isObject(value) && typeof value.sum === 'string' ? value.sum : 'NaN';
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
