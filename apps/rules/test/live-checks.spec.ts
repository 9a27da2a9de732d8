import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { validateRules, type ClusterRef, type RuleValidationInput } from '@alertagent/contracts';
import {
  ensureBinaries,
  makeTempDir,
  pollUntil,
  removeDir,
  sharedStack,
  startPrometheus,
  startVictoriametrics,
} from '@alertagent/local-stack';
import { RulesWorld } from './rules-world';
import { ScriptedSource } from './scripted-source';

const MINUTE_S = 60;
const DAY_S = 24 * 60 * MINUTE_S;
const WIDE = 30;

const stack = sharedStack();
const closers: (() => unknown)[] = [];
const urls: Record<string, string> = {};
let world: RulesWorld;

beforeAll(async () => {
  const folder = await makeTempDir('live-checks');
  closers.push(
    () => removeDir(folder),
    () => stack.close(),
  );
  const samples = history(Math.floor(Date.now() / 1000));
  urls['Prometheus'] = await prometheusWith(samples, folder);
  urls['VictoriaMetrics'] = await victoriaWith(samples);
  const config = {
    security: { outbound_allow: ['127.0.0.0/8'] },
    rules: { query_budget_series: WIDE + 5, query_budget_samples: 200, check_severities: { 'query-cost': 'error' } },
  };
  world = await RulesWorld.start(await stack.startTestNats(), stack.testDatabaseUrls()[0]!, { config });
  closers.unshift(() => world.close());
}, 240_000);

afterAll(async () => {
  for (const close of closers) await close();
});

/** Lines of `series value seconds`: until now, and until three and ten days ago. */
function history(now: number): [series: string, seconds: number][] {
  const times = (end: number) => Array.from({ length: 10 }, (_, index) => end - (9 - index) * 30);
  const series = (name: string, end: number): [string, number][] => times(end).map((at) => [name, at]);
  return [
    ...series('ancient{job="a"}', now - 10 * DAY_S),
    ...series('gone{job="a"}', now - 3 * DAY_S),
    ...series('here{job="a",env="live"}', now),
    ...series('here{job="b",env="test"}', now),
    ...Array.from({ length: WIDE }, (_, index) => series(`wide{i="${index}"}`, now)).flat(),
  ];
}

async function prometheusWith(samples: [string, number][], folder: string): Promise<string> {
  const { promtool } = await ensureBinaries(['promtool']);
  const dataDir = join(folder, 'prometheus');
  await mkdir(join(dataDir, 'tsdb'), { recursive: true });
  const names = ['ancient', 'gone', 'here', 'wide'];
  const lines = names.flatMap((name) => [
    `# TYPE ${name} gauge`,
    ...samples.filter(([series]) => series.startsWith(`${name}{`)).map(([series, at]) => `${series} 1 ${at}`),
  ]);
  const file = join(folder, 'history.txt');
  await writeFile(file, `${lines.join('\n')}\n# EOF\n`);
  await promisify(execFile)(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', file, join(dataDir, 'tsdb')]);
  const prometheus = await startPrometheus({ dataDir, retention: '30d' });
  closers.unshift(() => prometheus.stop());
  return prometheus.url;
}

async function victoriaWith(samples: [string, number][]): Promise<string> {
  const victoria = await startVictoriametrics({ extraArgs: ['-search.latencyOffset=0s'] });
  closers.unshift(() => victoria.stop());
  const body = samples.map(([series, at]) => `${series} 1 ${at * 1000}`).join('\n');
  await fetch(`${victoria.url}/api/v1/import/prometheus`, { method: 'POST', body });
  const isThere = async () => {
    await fetch(`${victoria.url}/internal/force_flush`);
    const answer = await fetch(`${victoria.url}/api/v1/query?query=count(wide)`);
    return (await answer.text()).includes(`"${WIDE}"`);
  };
  await pollUntil(isThere, { what: 'VictoriaMetrics has the samples', timeoutMs: 60_000 });
  return victoria.url;
}

const validate = (input: RuleValidationInput) => world.gateway.request(validateRules, input);
/** What was found on the data of the cluster. */
async function found(expression: string, { id }: ClusterRef): Promise<[check: string, message: string][]> {
  const { problems, live } = await validate({ expression, cluster_id: id });
  expect(live).toMatchObject([{ cluster_id: id, outcome: 'asked', reason: null }]);
  return problems.map(({ check, message }) => [check, message]);
}

describe.each(['Prometheus', 'VictoriaMetrics'])('rules on the data of a real %s', (kind) => {
  let cluster: ClusterRef;

  beforeAll(async () => {
    cluster = await world.cluster({}, urls[kind]!);
  });

  it.each([
    ['here{job="a"} > 1', null],
    ['absent(never_there)', null],
    ['rate(never_there[5m]) > 1', 'the metric never_there was not there in the last week'],
    ['gone{job="a"} > 1', 'was there within the last week, and has had no series in the last hour'],
    ['ancient > 1', 'the metric ancient was not there in the last week'],
    ['here{job="c"} > 1', 'the metric here was there in the last week, but never with job="c"'],
    ['here{job="a",env="test"} > 1', 'the metric here was there in the last week, but never with all of these labels'],
  ])('%s is told from what is there, was there and never was', async (expression, reason) => {
    const all = await found(expression, cluster);
    expect(all).toEqual(reason === null ? [] : [['series-missing', expect.stringMatching(`: ${reason}$`)]]);
  });

  it.each([
    ['count(wide) > 1', null],
    ['count(wide) > count(wide offset 1m) + count(here) + count(max_over_time(here{env="live"}[3m:]))', 'series'],
    ['sum(max_over_time(wide[10m])) > 1', 'samples'],
  ])('%s is held against the budget', async (expression, over) => {
    const all = await found(expression, cluster);
    expect(all).toEqual(over === null ? [] : [['query-cost', expect.stringMatching(`reads \\d+ ${over} there`)]]);
  });

  it('a file is looked at rule by rule, with places, severities and what it suppresses', async () => {
    const yaml = [
      'groups:',
      '- name: g',
      '  rules:',
      '  - record: a',
      '    expr: sum(max_over_time(wide[10m]))',
      '  - record: b',
      '    expr: |',
      '      # suppress series-missing: comes tomorrow',
      '      never_there > 1',
    ].join('\n');
    const { valid, problems } = await validate({ yaml, cluster_id: cluster.name });
    expect(valid).toBe(true);
    expect(problems).toMatchObject([
      { check: 'query-cost', severity: 'error', cluster: cluster.name, pointer: '/groups/0/rules/0/expr', line: 5 },
      { check: 'series-missing', severity: 'info', cluster: cluster.name, line: 9, column: 7 },
    ]);
  });
});

describe('a rule with overrides', () => {
  const part = (name: string) => ({ labels: { part: name } });
  const rule = {
    name: 'A',
    expression: '${metric} > 1',
    parameters: { metric: 'here' },
    annotations: { summary: 's' },
    duration: '5m',
  };
  const clusters = (name: string, count: number, url = urls['Prometheus']!) =>
    Promise.all(Array.from({ length: count }, (_, index) => world.cluster({ part: name, no: `${index}` }, url)));

  it('is looked at on each target as that loads it', async () => {
    const [plain, bySelector, byName] = await clusters('overridden', 3);
    const overrides = [
      { target: { labels: { part: 'overridden', no: '1' } }, parameters: { metric: 'never_there' } },
      { target: byName!.name, parameters: { metric: 'never_there' } },
      { target: byName!.id, parameters: { metric: 'gone' } },
    ];
    const input = { rule: { ...rule, targets: [part('overridden')], overrides }, live: true };
    const { problems, live, live_not_asked } = await validate(input);
    expect(live?.map(({ cluster_id, outcome }) => [cluster_id, outcome])).toEqual(
      [plain, bySelector, byName].map((cluster) => [cluster!.id, 'asked']),
    );
    expect(live_not_asked).toBeUndefined();
    const told = problems.filter(({ check }) => check === 'series-missing');
    expect(new Map(told.map(({ cluster, message }) => [cluster, message]))).toEqual(
      new Map([
        [bySelector!.name, expect.stringContaining('never_there was not there') as string],
        [byName!.name, expect.stringContaining('gone: was there within the last week') as string],
      ]),
    );
    const alone = await validate({ rule: input.rule, cluster_id: bySelector!.name });
    expect(alone.problems.filter(({ cluster }) => cluster)).toMatchObject([
      { check: 'series-missing', cluster: bySelector!.name },
    ]);
  });

  it('is not asked about where it does not run, beyond five targets, and where nothing is, and that is told', async () => {
    const [withdrawn, refused] = await clusters('many', 10);
    const overrides = [
      { target: withdrawn!.id, enabled: false },
      { target: refused!.id, parameters: { metric: 'here ==' } },
      { target: 7 },
      'nothing',
    ];
    const targets = [part('many'), 'nobody'];
    const { live, live_not_asked } = await validate({ rule: { ...rule, targets, overrides }, live: true });
    expect(live).toHaveLength(5);
    expect(live!.map(({ cluster_id }) => cluster_id)).not.toContain(withdrawn!.id);
    expect(new Map(live_not_asked?.map(({ reason, clusters: count }) => [reason, count]))).toEqual(
      new Map([
        ['too_many', 3],
        ['disabled', 1],
        ['refused', 1],
        ['unknown', 1],
      ]),
    );
    // Whoever names a cluster wants to know about it all the same.
    const named = await validate({ rule: { ...rule, overrides }, cluster_id: withdrawn!.id });
    expect(named.live).toMatchObject([{ cluster_id: withdrawn!.id, outcome: 'asked' }]);
  });

  it('is asked about once where clusters share a source', async () => {
    const source = await ScriptedSource.start({});
    try {
      await clusters('shared', 3, source.url);
      await validate({ rule: { ...rule, targets: [part('shared')] }, live: true });
      expect(source.questions.length).toBeGreaterThan(0);
      expect(source.questions).toEqual([...new Set(source.questions)]);
    } finally {
      source.close();
    }
  });
});

describe('a cluster that cannot be asked', () => {
  const rule = { name: 'A', expression: 'never_there > 1', annotations: { summary: 's' }, duration: '5m' };
  const looks = async (input: RuleValidationInput) => (await validate({ rule, ...input })).live;

  it('is a note and no error: without an address, away, and where requests may not go', async () => {
    const asked = await Promise.all(
      [null, 'http://127.0.0.1:1', 'http://169.254.169.254'].map((url) => world.cluster({ part: 'unreachable' }, url)),
    );
    const targets = [{ labels: { part: 'unreachable' } }];
    const live = await looks({ rule: { ...rule, targets }, live: true });
    expect(new Map(live?.map(({ cluster_id, outcome }) => [cluster_id, outcome]))).toEqual(
      new Map([
        [asked[0]!.id, 'no_address'],
        [asked[1]!.id, 'failed'],
        [asked[2]!.id, 'not_allowed'],
      ]),
    );
  });

  it('is waited for so long and no longer', async () => {
    const silent = await ScriptedSource.start({});
    silent.isSilent = true;
    const hanging = await world.cluster({}, silent.url);
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const spy = jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms === 10_000 ? 100 : ms));
    try {
      const live = await looks({ cluster_id: hanging.id });
      expect(live).toMatchObject([
        { outcome: 'failed', reason: expect.stringContaining('not all was answered within 10 s') as string },
      ]);
    } finally {
      spy.mockRestore();
      silent.close();
    }
  });

  it('is not asked unless somebody wants it, and must be there', async () => {
    const { id } = await world.cluster({}, urls['Prometheus']!);
    expect(await looks({ rule: { ...rule, targets: [id] } })).toBeUndefined();
    await expect(looks({ cluster_id: 'nobody' })).rejects.toMatchObject({ code: 'invalid' });
  });
});
