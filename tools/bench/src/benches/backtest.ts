import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { AlertAgent } from '@alertagent/e2e/alertagent';
import type { BacktestView } from '@alertagent/contracts';
import { ensureBinaries, makeTempDir, pollUntil, removeDir, startPrometheus } from '@alertagent/local-stack';
import { profilingEnv, type Bench, type BenchSettings } from '../bench';
import { withCleanUp } from '../clean-up';
import type { Figure } from '../figure';

const run = promisify(execFile);

const SERIES = 100;
const DAYS = 7;
const SAMPLE_S = 60;
const INTERVAL_S = 15;
const PERIOD_S = DAYS * 24 * 3600;
/** What Prometheus answers to one range query. */
const MOST_POINTS = 11_000;
const RULE = { name: 'Bench', expression: 'bench == 1', duration: '5m', keep_firing_for: '10m' };
/** The median of so many. */
const ROUNDS = 3;

/** How long a backtest takes beyond what its source needs for the answers. */
export const backtest: Bench = {
  name: 'backtest',
  summary: `${DAYS} days at ${INTERVAL_S} s for ${SERIES} series on a real Prometheus, beside the bare range queries`,
  run: (settings) =>
    withCleanUp(async (later) => {
      const { url, from } = await startHistory(settings, later);
      settings.say('starting AlertAgent');
      const agent = await AlertAgent.start({
        env: { ...profilingEnv(settings), ALERTAGENT_OUTBOUND_ALLOW: '127.0.0.0/8' },
      });
      later(() => agent.stop());
      return measure(agent, { url, from }, settings);
    }),
};

async function startHistory(
  { say }: BenchSettings,
  later: (undo: () => Promise<unknown>) => void,
): Promise<{ url: string; from: number }> {
  say('building the history');
  const { promtool } = await ensureBinaries(['promtool']);
  const folder = await makeTempDir('bench-history');
  later(() => removeDir(folder));
  const dataDir = join(folder, 'prometheus');
  await mkdir(join(dataDir, 'tsdb'), { recursive: true });
  const from = Math.floor(Date.now() / 1000 / SAMPLE_S) * SAMPLE_S - PERIOD_S - 2 * 3600;
  const file = join(folder, 'history.txt');
  await writeHistory(file, from);
  await run(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', file, join(dataDir, 'tsdb')], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const prometheus = await startPrometheus({ dataDir, retention: '30d' });
  later(() => prometheus.stop());
  return { url: prometheus.url, from };
}

async function writeHistory(file: string, from: number): Promise<void> {
  const stream = createWriteStream(file);
  stream.write('# TYPE bench gauge\n');
  for (let series = 0; series < SERIES; series += 1) {
    const lines: string[] = [];
    for (let at = 0; at <= PERIOD_S; at += SAMPLE_S) {
      // Nine hours of ten, each series at hours of its own.
      const value = (Math.floor(at / 3600) + series) % 10 === 0 ? 0 : 1;
      lines.push(`bench{instance="host-${series}"} ${value} ${from + at}\n`);
    }
    if (!stream.write(lines.join(''))) await once(stream, 'drain');
  }
  stream.end('# EOF\n');
  await once(stream, 'finish');
}

async function measure(
  agent: AlertAgent,
  { url, from }: { url: string; from: number },
  { say }: BenchSettings,
): Promise<Figure[]> {
  const product: number[] = [];
  const bare: number[] = [];
  let view: BacktestView | undefined;
  for (let round = 0; round <= ROUNDS; round += 1) {
    say(round === 0 ? 'once to warm up' : `round ${round} of ${ROUNDS}`);
    const bareMs = await bareQueries(url, from);
    view = await carryOut(agent, url, from);
    if (round === 0) continue;
    bare.push(bareMs);
    product.push(Date.parse(view.ended_at!) - Date.parse(view.started_at!));
  }
  const beyond = product.map((ms, index) => ms - bare[index]!);
  return [
    {
      name: 'backtest beyond the bare queries',
      value: median(beyond),
      unit: 'ms',
      goal: { of: 'value', direction: 'at most', bound: 3_000 },
      note: `${view!.result!.evaluations} evaluations, ${view!.result!.firings} firings, ${view!.result!.pages?.pages} pages`,
    },
    {
      name: 'backtest, all of it',
      value: median(product),
      unit: 'ms',
      limit: { name: 'the bare range queries', value: median(bare) },
    },
  ];
}

async function carryOut(agent: AlertAgent, url: string, from: number): Promise<BacktestView> {
  const [start, end] = [from, from + PERIOD_S].map((second) => new Date(second * 1000).toISOString());
  const body = { rule: RULE, source: { url }, from: start, to: end, interval: `${INTERVAL_S}s` };
  const started = await agent.call<BacktestView>('POST', '/api/v1/rules/backtest', body);
  if (started.status !== 202) throw new Error(`the backtest was refused: ${JSON.stringify(started.body)}`);
  const { id } = started.body;
  const look = async (): Promise<BacktestView | null> => {
    const view = await agent.get<BacktestView>(`/rules/backtests/${id}`);
    return view.ended_at ? view : null;
  };
  const view = await pollUntil(look, { what: 'the backtest has ended', timeoutMs: 300_000, intervalMs: 100 });
  if (view.state !== 'done') throw new Error(`the backtest is ${view.state}: ${view.error}`);
  return view;
}

/** Milliseconds for the same points, read to the last byte and not looked at. */
async function bareQueries(url: string, from: number): Promise<number> {
  const began = performance.now();
  for (let start = from; start <= from + PERIOD_S; start += MOST_POINTS * INTERVAL_S) {
    const end = Math.min(from + PERIOD_S, start + (MOST_POINTS - 1) * INTERVAL_S);
    const form = { query: RULE.expression, start: `${start}`, end: `${end}`, step: `${INTERVAL_S}` };
    const response = await fetch(`${url}/api/v1/query_range`, { method: 'POST', body: new URLSearchParams(form) });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`Prometheus answered ${response.status}`);
  }
  return performance.now() - began;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
