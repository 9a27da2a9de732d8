import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BacktestRuleInput, SourceKind } from '@alertagent/contracts';
import {
  makeTempDir,
  pollUntil,
  removeDir,
  sharedStack,
  startPrometheus,
  startVictoriametrics,
  startVmalert,
  type PrometheusServer,
  type VictoriametricsServer,
} from '@alertagent/local-stack';
import { BacktestWorld } from './backtest-world';
import { firingsByAlert, recorded, type RecordedFiring } from './recorded-alerts';

const SECOND = 1_000;
/** Length of the script that the metrics follow. */
const LENGTH_S = 40;
/** A vmalert of today evaluates what was half a minute ago. */
const PATIENCE_MS = 180_000;

/** From which to which second of the script each series is above 0. Nothing is so close together that a second decides. */
const SCRIPT: Record<string, Record<string, [number, number][]>> = {
  steady: {
    a: [[5, 30]],
    b: [
      [12, 14],
      [18, 34],
    ],
  },
  flapping: {
    a: [
      [4, 7],
      [11, 14],
      [18, 21],
      [25, 28],
      [32, 35],
    ],
    b: [[9, 24]],
  },
  kept: {
    a: [
      [5, 11],
      [14, 17],
      [27, 31],
    ],
    b: [[8, 10]],
  },
};

/** With `for`; flapping without it; with both `for` and `keep_firing_for`. */
const RULES: BacktestRuleInput[] = [
  { name: 'Steady', group: 'g', expression: 'steady > 0', duration: '4s' },
  { name: 'Flapping', group: 'g', expression: 'flapping > 0', labels: { what: 'flap of {{ $labels.i }}' } },
  { name: 'Kept', group: 'g', expression: 'kept > 0', duration: '3s', keep_firing_for: '7s' },
];

const valueAt = (name: string, series: string, second: number): number =>
  SCRIPT[name]![series]!.some(([from, to]) => second >= from && second < to) ? 1 : 0;

const everySeries = Object.entries(SCRIPT).flatMap(([name, series]) => Object.keys(series).map((i) => ({ name, i })));

const ruleFile = (rules: readonly BacktestRuleInput[]): string =>
  JSON.stringify({
    groups: [
      {
        name: 'g',
        interval: '1s',
        rules: [
          ...rules.map(({ name, expression, duration, keep_firing_for, labels }) => ({
            alert: name,
            expr: expression,
            ...(duration ? { for: duration } : {}),
            ...(keep_firing_for ? { keep_firing_for } : {}),
            ...(labels ? { labels } : {}),
          })),
          // Tells at which times the group really was evaluated: a busy machine leaves some out.
          { record: 'evaluated', expr: 'vector(1)' },
        ],
      },
    ],
  });

/** What ends after the tests, in this order. */
const closers: (() => unknown)[] = [];
const stack = sharedStack();
let world: BacktestWorld;
let prometheus: PrometheusServer;
let victoria: VictoriametricsServer;
/** When the script began for each of them, epoch milliseconds. */
let began: Record<SourceKind, number>;

beforeAll(async () => {
  const folder = await makeTempDir('reality');
  closers.push(() => removeDir(folder));
  await writeFile(join(folder, 'prometheus.yml'), ruleFile(RULES));
  // The vmalert of Debian 12 knows no keep_firing_for, and refuses a file with a field that it does not know.
  await writeFile(join(folder, 'vmalert.yml'), ruleFile(RULES.filter((rule) => !rule.keep_firing_for)));
  began = { prometheus: Infinity, victoriametrics: 0 };
  const scrape = [await startTarget()];
  closers.unshift(() => stack.close());
  const nats = await stack.startTestNats();
  prometheus = await startPrometheus({ rulesGlob: join(folder, 'prometheus.yml'), scrape, evaluationInterval: '15s' });
  closers.unshift(() => prometheus.stop());
  victoria = await startVictoriametrics({ extraArgs: ['-search.latencyOffset=0s'] });
  closers.unshift(() => victoria.stop());
  const vmalert = await startVmalert({ rulesGlob: join(folder, 'vmalert.yml'), datasourceUrl: victoria.url });
  closers.unshift(() => vmalert.stop());
  world = await BacktestWorld.start(nats, stack.testDatabaseUrls()[0]!);
  closers.unshift(() => world.close());
  // Early enough that the series are known before the first of them matters.
  began.victoriametrics = Math.ceil(Date.now() / SECOND) * SECOND + 10 * SECOND;
  await tellVictoria();
  began.prometheus = Date.now();
  await lived();
}, 300_000);

afterAll(async () => {
  for (const close of closers) await close();
});

async function startTarget(): Promise<string> {
  const target: Server = createServer((_request, response) => {
    const second = (Date.now() - began.prometheus) / SECOND;
    const lines = everySeries.map(({ name, i }) => `${name}{i="${i}"} ${valueAt(name, i, second)}`);
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(`${lines.join('\n')}\n`);
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  closers.unshift(() => {
    target.closeAllConnections();
    target.close();
  });
  return `127.0.0.1:${(target.address() as AddressInfo).port}`;
}

async function tellVictoria(): Promise<void> {
  const lines = everySeries.flatMap(({ name, i }) =>
    Array.from({ length: LENGTH_S + 60 }, (_, index) => {
      const second = index - 10;
      return `${name}{i="${i}"} ${valueAt(name, i, second)} ${began.victoriametrics + second * SECOND}`;
    }),
  );
  const response = await fetch(`${victoria.url}/api/v1/import/prometheus`, { method: 'POST', body: lines.join('\n') });
  if (!response.ok) throw new Error(`VictoriaMetrics answered ${response.status}`);
}

/** Both have evaluated the whole script and written down what fired. */
async function lived(): Promise<void> {
  const wait = { timeoutMs: PATIENCE_MS, intervalMs: 500 };
  const end = began.prometheus + (LENGTH_S + 2) * SECOND;
  const lastEvaluation = async (): Promise<number> => {
    const { data } = (await (await fetch(`${prometheus.url}/api/v1/rules`)).json()) as {
      data: { groups: { lastEvaluation: string }[] };
    };
    return Date.parse(data.groups[0]?.lastEvaluation ?? '');
  };
  await pollUntil(async () => (await lastEvaluation()) > end, { what: 'Prometheus evaluated the script', ...wait });
  // It writes in batches; what fires last ends well before the script does.
  const hasWritten = async (alertname: string, i: string, second: number): Promise<boolean> => {
    const last = (await recordedIn('victoriametrics', alertname)).get(i)?.at(-1)?.last ?? 0;
    return last >= began.victoriametrics + second * SECOND;
  };
  await pollUntil(async () => (await hasWritten('Flapping', 'a', 33)) && (await hasWritten('Steady', 'b', 32)), {
    what: 'vmalert has written the last firings',
    ...wait,
  });
}

/** What the backtest says about the script, by the label `i`. */
async function predicted(kind: SourceKind, rule: BacktestRuleInput): Promise<Map<string, RecordedFiring[]>> {
  const [from, to] = [began[kind], began[kind] + LENGTH_S * SECOND];
  const { alerts, result, in_step, interval_seconds } = await world.done({
    rule,
    source: { url: kind === 'prometheus' ? prometheus.url : victoria.url, kind },
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    // Prometheus says itself how often the group is evaluated.
    interval: kind === 'prometheus' ? null : '1s',
  });
  expect({ in_step, interval_seconds, failed: result?.failed_evaluations }).toEqual({
    in_step: true,
    interval_seconds: 1,
    failed: 0,
  });
  return new Map(
    alerts.map(({ labels, firings }) => [
      labels.i!,
      firings.map(({ fired_at, ended_at }) => ({
        first: Date.parse(fired_at),
        last: ended_at === null ? to : Date.parse(ended_at) - SECOND,
      })),
    ]),
  );
}

const read = (kind: SourceKind, selector: string) =>
  recorded(kind, kind === 'prometheus' ? prometheus.url : victoria.url, {
    selector,
    at: began[kind] + LENGTH_S * SECOND,
    seconds: LENGTH_S,
  });

const recordedIn = async (kind: SourceKind, alertname: string): Promise<Map<string, RecordedFiring[]>> =>
  firingsByAlert(await read(kind, `ALERTS{alertname="${alertname}",alertstate="firing"}`));

/** Seconds of the script, from its beginning as the source saw it. */
interface Seen {
  kind: SourceKind;
  firings: Map<string, RecordedFiring[]>;
}

/** By how many seconds what a source saw was late at most, beyond the second that it takes at best: a busy machine leaves scrapes out. */
async function latenessOf(kind: SourceKind): Promise<number> {
  // What vmalert evaluates was there before.
  if (kind === 'victoriametrics') return 0;
  const [series] = await read(kind, 'kept{i="a"}');
  const gaps = series!.times.slice(1).map((time, index) => time - series!.times[index]!);
  return Math.max(0, Math.ceil((Math.max(...gaps) - SECOND - 100) / SECOND));
}

/** The same firings of the same alerts, but for so many of the evaluations that really took place. */
async function expectAlike(ours: Seen, theirs: Seen, evaluations: number): Promise<void> {
  const evaluated = (await read(theirs.kind, 'evaluated')).flatMap(({ times }) => times);
  // The same samples were before both, unless they are of two sources.
  const allowed = evaluations + (ours.kind === theirs.kind ? 0 : await latenessOf(theirs.kind));
  const shift = began[theirs.kind] - began[ours.kind];
  const between = (our: number, their: number): number => {
    const [from, to] = [Math.min(our + shift, their), Math.max(our + shift, their)];
    // A few milliseconds between the times at which a group is evaluated and those that Prometheus tells.
    return evaluated.filter((time) => time > from + 50 && time < to - 50).length + (to - from > 50 ? 1 : 0);
  };
  expect(evaluated.length).toBeGreaterThan(LENGTH_S / 2);
  expect(theirs.firings.size).toBeGreaterThan(0);
  expect([...ours.firings.keys()].sort()).toEqual([...theirs.firings.keys()].sort());
  for (const [i, firings] of theirs.firings) {
    const our = ours.firings.get(i)!;
    expect({ i, our, firings, count: our.length }).toMatchObject({ count: firings.length });
    const off = firings.map(({ first, last }, index) => ({
      index,
      first: between(our[index]!.first, first),
      last: between(our[index]!.last, last),
    }));
    const from = began[theirs.kind];
    const seconds = firings.map(({ first, last }) => [(first - from) / SECOND, (last - from) / SECOND]);
    const ourSeconds = our.map(({ first, last }) => [(first + shift - from) / SECOND, (last + shift - from) / SECOND]);
    const tooFar = off.filter(({ first, last }) => first > allowed || last > allowed);
    expect({ i, seconds, ourSeconds, tooFar }).toEqual({ i, seconds, ourSeconds, tooFar: [] });
  }
}

describe('a backtest of a rule that was live', () => {
  const live: [SourceKind, BacktestRuleInput][] = [
    ...RULES.map((rule): [SourceKind, BacktestRuleInput] => ['prometheus', rule]),
    ...RULES.filter((rule) => !rule.keep_firing_for).map((rule): [SourceKind, BacktestRuleInput] => [
      'victoriametrics',
      rule,
    ]),
  ];

  it.each(live.map(([kind, rule]) => ({ kind, rule, name: rule.name! })))(
    'on real $kind says of $name what was recorded, to an evaluation',
    async ({ kind, rule, name }) => {
      const firings = await recordedIn(kind, name);
      await expectAlike({ kind, firings: await predicted(kind, rule) }, { kind, firings }, 1);
    },
  );

  it('on real VictoriaMetrics says of keep_firing_for what Prometheus recorded of the same script, but for the evaluation that vmalert keeps longer', async () => {
    await expectAlike(
      { kind: 'victoriametrics', firings: await predicted('victoriametrics', RULES[2]!) },
      { kind: 'prometheus', firings: await recordedIn('prometheus', 'Kept') },
      // One until the sample is scraped, one until it is evaluated, and the one that vmalert keeps longer.
      3,
    );
  });

  it('is compared with rules that fired as often as the script lets them', async () => {
    const counts = async (alertname: string): Promise<Record<string, number>> =>
      Object.fromEntries([...(await recordedIn('prometheus', alertname))].map(([i, firings]) => [i, firings.length]));
    expect(await counts('Steady')).toEqual({ a: 1, b: 1 });
    expect(await counts('Flapping')).toEqual({ a: 5, b: 1 });
    // The second appearance falls into the time for which the first is kept.
    expect(await counts('Kept')).toEqual({ a: 2 });
  });
});
