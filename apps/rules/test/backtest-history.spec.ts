import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BacktestedAlert, BacktestRuleInput } from '@alertagent/contracts';
import { ensureBinaries, makeTempDir, removeDir, sharedStack, startPrometheus } from '@alertagent/local-stack';
import { BacktestWorld } from './backtest-world';

const run = promisify(execFile);

const STEP_S = 15;
/** Three hours: enough for what is asked for in several parts, and over before Prometheus throws old blocks away. */
const SAMPLES = 720;
const HISTORY_S = SAMPLES * STEP_S;

/** The samples of each series; null where there is none. A pattern that does not repeat with any round number. */
const SERIES: Record<string, (number | null)[]> = {
  'load{i="a"}': Array.from({ length: SAMPLES }, (_, index) => ((index * 7) % 50 < 23 ? 1 : 0)),
  'load{i="b"}': Array.from({ length: SAMPLES }, (_, index) => (index % 97 < 11 || index % 31 < 3 ? 1 : 0)),
  // Disappears for ten minutes at a time, and is seen for five of them.
  'load{i="c"}': Array.from({ length: SAMPLES }, (_, index) => (index % 83 < 40 ? null : Math.floor(index / 200) % 2)),
};

const RULES: BacktestRuleInput[] = [
  { name: 'Held', expression: 'load == 1', duration: '1m' },
  { name: 'Flapping', expression: 'load == 1' },
  { name: 'Kept', expression: 'load == 1', duration: '30s', keep_firing_for: '50s' },
];

const stack = sharedStack();
const closers: (() => Promise<unknown>)[] = [];
let world: BacktestWorld;
let url: string;
let promtool: string;
let folder: string;
/** The first sample, epoch seconds. */
let start: number;

beforeAll(async () => {
  ({ promtool } = await ensureBinaries(['promtool']));
  folder = await makeTempDir('history');
  closers.push(() => removeDir(folder));
  start = Math.floor(Date.now() / 1000 / STEP_S) * STEP_S - HISTORY_S - 3600;
  const dataDir = join(folder, 'prometheus');
  await mkdir(join(dataDir, 'tsdb'), { recursive: true });
  await writeFile(join(folder, 'history.txt'), openMetrics());
  await run(promtool, [
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    join(folder, 'history.txt'),
    join(dataDir, 'tsdb'),
  ]);
  const prometheus = await startPrometheus({ dataDir, evaluationInterval: `${STEP_S}s` });
  closers.unshift(() => prometheus.stop());
  url = prometheus.url;
  closers.unshift(() => stack.close());
  world = await BacktestWorld.start(await stack.startTestNats(), stack.testDatabaseUrls()[0]!);
  closers.unshift(() => world.close());
}, 240_000);

afterAll(async () => {
  for (const close of closers) await close();
});

function openMetrics(): string {
  const lines = Object.entries(SERIES).flatMap(([series, values]) =>
    values.flatMap((value, index) => (value === null ? [] : [`${series} ${value} ${start + index * STEP_S}`])),
  );
  return `# TYPE load gauge\n${lines.join('\n')}\n# EOF\n`;
}

/** What promtool is to find: at each evaluation, the alerts that fire by the backtest. */
function expectations(rule: BacktestRuleInput, alerts: readonly BacktestedAlert[]) {
  return Array.from({ length: SAMPLES }, (_, index) => {
    const at = (start + index * STEP_S) * 1000;
    const firing = alerts.filter(({ firings }) =>
      firings.some(
        ({ fired_at, ended_at }) => Date.parse(fired_at) <= at && (ended_at === null || Date.parse(ended_at) > at),
      ),
    );
    return {
      eval_time: `${index * STEP_S}s`,
      alertname: rule.name,
      exp_alerts: firing.map(({ labels }) => ({ exp_labels: { i: labels.i } })),
    };
  });
}

it('a backtest of history that was built with promtool fires at every evaluation at which promtool says so, and at no other', async () => {
  const alert_rule_test = [];
  for (const rule of RULES) {
    const { alerts, result, interval_seconds } = await world.done({
      rule,
      source: { url },
      from: new Date(start * 1000).toISOString(),
      to: new Date((start + HISTORY_S - STEP_S) * 1000).toISOString(),
    });
    // Nobody told it: the source's configuration says so.
    expect(interval_seconds).toBe(STEP_S);
    expect(result).toMatchObject({ evaluations: SAMPLES, failed_evaluations: 0, dropped_firings: 0 });
    expect(result!.firings).toBeGreaterThan(10);
    alert_rule_test.push(...expectations(rule, alerts));
  }
  const rules = RULES.map(({ name, expression, duration, keep_firing_for }) => ({
    alert: name,
    expr: expression,
    ...(duration ? { for: duration } : {}),
    ...(keep_firing_for ? { keep_firing_for } : {}),
  }));
  const input_series = Object.entries(SERIES).map(([series, values]) => ({
    series,
    values: values.map((value) => value ?? '_').join(' '),
  }));
  await writeFile(join(folder, 'rules.yml'), JSON.stringify({ groups: [{ name: 'g', rules }] }));
  const file = {
    rule_files: ['rules.yml'],
    evaluation_interval: `${STEP_S}s`,
    tests: [{ interval: `${STEP_S}s`, input_series, alert_rule_test }],
  };
  await writeFile(join(folder, 'test.yml'), JSON.stringify(file));
  const { stdout } = await run(promtool, ['test', 'rules', join(folder, 'test.yml')], { maxBuffer: 64 * 1024 * 1024 });
  expect(stdout).toContain('SUCCESS');
}, 240_000);
