/** A time during which an alert was recorded as firing: its first and its last sample, epoch milliseconds. */
export interface RecordedFiring {
  first: number;
  last: number;
}

/** Series as they were written: their labels and the times of their samples that were 1. */
type RecordedSeries = { labels: Record<string, string>; times: number[] }[];

/** Reads a series back from Prometheus, or from the VictoriaMetrics that a vmalert writes to: `seconds` before `at`. */
export async function recorded(
  kind: 'prometheus' | 'victoriametrics',
  url: string,
  { selector, at, seconds }: { selector: string; at: number; seconds: number },
): Promise<RecordedSeries> {
  const from = at - seconds * 1000;
  const series =
    kind === 'prometheus' ? await fromPrometheus(url, selector, { at, seconds }) : await exported(url, selector);
  return series.map(({ labels, times }) => ({ labels, times: times.filter((time) => time >= from && time <= at) }));
}

async function fromPrometheus(
  url: string,
  selector: string,
  { at, seconds }: { at: number; seconds: number },
): Promise<RecordedSeries> {
  const form = new URLSearchParams({ query: `${selector}[${seconds}s]`, time: String(at / 1000) });
  const { data } = (await (await fetch(`${url}/api/v1/query?${form.toString()}`)).json()) as {
    data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
  };
  return data.result.map(({ metric, values }) => ({
    labels: metric,
    times: values.map(([time]) => Math.round(time * 1000)),
  }));
}

/** Raw samples: a query would fill gaps. */
async function exported(url: string, selector: string): Promise<RecordedSeries> {
  const form = new URLSearchParams({ 'match[]': selector });
  const lines = (await (await fetch(`${url}/api/v1/export?${form.toString()}`)).text()).split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const { metric, values, timestamps } = JSON.parse(line) as {
        metric: Record<string, string>;
        values: (number | null)[];
        timestamps: number[];
      };
      return { labels: metric, times: timestamps.filter((_, index) => values[index] === 1) };
    });
}

/** The firings of each alert, by its label `i`. */
export const firingsByAlert = (series: RecordedSeries): Map<string, RecordedFiring[]> =>
  new Map(series.map(({ labels, times }) => [labels.i!, firingsOf(times)]));

/** Evaluations are a second apart; one that was missed on a busy machine is no end. */
function firingsOf(times: readonly number[]): RecordedFiring[] {
  const firings: RecordedFiring[] = [];
  for (const time of [...times].sort((a, b) => a - b)) {
    const current = firings.at(-1);
    if (current && time - current.last < 2_600) current.last = time;
    else firings.push({ first: time, last: time });
  }
  return firings;
}
