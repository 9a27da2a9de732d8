import { createRule, deleteBacktest, listBacktests, serviceOperations, updateRule } from '@alertagent/contracts';
import { pollUntil, sharedStack, type NatsServer } from '@alertagent/local-stack';
import { assertNoDrift } from '@alertagent/service-kit';
import { DataSource } from 'typeorm';
import { backtestEntity } from '../src/backtests/backtest.entity';
import { ACTOR, BacktestWorld } from './backtest-world';
import { ScriptedSource } from './scripted-source';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
/** A Monday, 00:00 UTC, epoch seconds. */
const MONDAY = Date.UTC(2026, 0, 5) / 1000;
const iso = (second: number): string => new Date(second * 1000).toISOString();
/** The first day of the script, evaluated each minute. */
const DAY = { from: iso(MONDAY), to: iso(MONDAY + 24 * HOUR), interval: '1m' };

const stack = sharedStack();
let nats: NatsServer;
let source: ScriptedSource;

beforeAll(async () => {
  nats = await stack.startTestNats();
  source = await ScriptedSource.start({
    'disk > 90': [
      // Twice for ten minutes with five between, and once for an hour.
      {
        labels: { __name__: 'disk', i: 'a' },
        spans: [
          [MONDAY + 2 * HOUR, MONDAY + 2 * HOUR + 10 * MINUTE],
          [MONDAY + 2 * HOUR + 15 * MINUTE, MONDAY + 2 * HOUR + 25 * MINUTE],
          [MONDAY + 23 * HOUR, MONDAY + 24 * HOUR],
        ],
      },
      {
        labels: { __name__: 'disk', i: 'b' },
        spans: [
          [MONDAY + 2 * HOUR, MONDAY + 2 * HOUR + 10 * MINUTE],
          [MONDAY + 12 * HOUR, MONDAY + 12 * HOUR + 2 * MINUTE],
        ],
      },
      // On since before the period.
      { labels: { __name__: 'disk', i: 'c' }, spans: [[MONDAY - 2 * HOUR, MONDAY + HOUR]] },
    ],
    'disk > 95': [
      { labels: { __name__: 'disk', i: 'a' }, spans: [[MONDAY + 23 * HOUR, MONDAY + 23 * HOUR + 30 * MINUTE]] },
    ],
    clash: [
      { labels: { i: 'a' }, spans: [[MONDAY, MONDAY + 10 * MINUTE]] },
      { labels: { i: 'b' }, spans: [[MONDAY + 5 * MINUTE, MONDAY + 15 * MINUTE]] },
    ],
  });
}, 120_000);
afterAll(async () => {
  source.close();
  await stack.close();
});
afterEach(() => {
  source.misbehave = () => undefined;
  source.asked.length = 0;
});

describe.each(stack.testDatabaseUrls())('backtests on $name', (database) => {
  let world: BacktestWorld;
  const disk = { expression: 'disk > 90', duration: '5m', name: 'DiskFull', severity: 'warning' };
  const here = (): { source: { url: string } } => ({ source: { url: source.url } });

  beforeAll(async () => {
    world = await BacktestWorld.start(nats, database);
  }, 120_000);
  afterAll(() => world.close());

  it('keep tables that the entities describe exactly', async () => {
    await assertNoDrift(world.service.get(DataSource));
  });

  it('tell when the rule would have fired, how often, how long, and whom it would have disturbed', async () => {
    const { result, alerts, evaluations_done, evaluations_total, in_step } = await world.done({
      rule: disk,
      ...here(),
      ...DAY,
    });
    // From 00:00 to 24:00, both evaluated; and six minutes before.
    expect({ evaluations_done, evaluations_total, in_step }).toEqual({
      evaluations_done: 1447,
      evaluations_total: 1447,
      in_step: false,
    });
    expect(result).toMatchObject({
      evaluations: 1441,
      failed_evaluations: 0,
      alerts: 3,
      firings: 4,
      firing_at_start: 1,
      firing_at_end: 0,
      lapses: 1,
      flaps: 1,
      // 3 × 5 minutes, 55 minutes, and an hour since midnight.
      firing_seconds: 15 * MINUTE + 55 * MINUTE + HOUR,
      longest_seconds: HOUR,
      by_day: [{ date: '2026-01-05', firings: 4 }],
      unexpanded_labels: [],
      dropped_firings: 0,
    });
    expect(
      result!.by_hour_of_week[0]!.map((firings, hour) => [hour, firings]).filter(([, firings]) => firings! > 0),
    ).toEqual([
      [2, 3],
      [23, 1],
    ]);
    // a and b at 2:05 are one incident; what comes at 2:20 is another, as is 23:05.
    expect(result!.pages).toMatchObject({ policy_version: 7, incidents: 3, pages: 3, night_pages: 3 });
    expect(alerts.map(({ labels, firing_count, flaps }) => [labels, firing_count, flaps])).toEqual([
      [{ i: 'a', alertname: 'DiskFull', severity: 'warning' }, 3, 1],
      [{ i: 'c', alertname: 'DiskFull', severity: 'warning' }, 1, 0],
      [{ i: 'b', alertname: 'DiskFull', severity: 'warning' }, 1, 0],
    ]);
    expect(alerts[0]!.firings[0]).toEqual({
      active_at: iso(MONDAY + 2 * HOUR),
      fired_at: iso(MONDAY + 2 * HOUR + 5 * MINUTE),
      ended_at: iso(MONDAY + 2 * HOUR + 10 * MINUTE),
    });
  });

  it('compare two versions of a stored rule side by side, as each was saved', async () => {
    const rule = { name: `Disk-${database.name}`, expression: 'disk > 90', duration: '5m', targets: ['eu'] };
    const { id } = await world.gateway.request(createRule, { rule, actor: ACTOR });
    await world.gateway.request(updateRule, { id, rule: { ...rule, expression: 'disk > 95' }, actor: ACTOR });
    const {
      result,
      compared,
      comparison,
      rule: first,
      compare,
    } = await world.done({
      rule_id: id,
      version: 1,
      compare: { rule_id: id },
      ...here(),
      ...DAY,
    });
    expect([first, compare]).toMatchObject([
      { rule_id: id, version: 1, expression: 'disk > 90' },
      { rule_id: id, version: 2, expression: 'disk > 95' },
    ]);
    expect([result!.firings, compared!.firings]).toEqual([4, 1]);
    expect(comparison).toEqual({
      both_seconds: 25 * MINUTE,
      only_first_seconds: 15 * MINUTE + 30 * MINUTE + HOUR,
      only_second_seconds: 0,
      alerts_only_first: 2,
      alerts_only_second: 0,
    });
    const { items } = await world.gateway.request(listBacktests, { rule_id: id });
    expect(items).toHaveLength(1);
    await expect(world.begin({ rule_id: id, version: 9, ...here() })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('count days, hours and nights where people live', async () => {
    const { result } = await world.done({ rule: disk, ...here(), ...DAY, time_zone: 'Asia/Tokyo' });
    expect(result!.by_day).toEqual([
      { date: '2026-01-05', firings: 3 },
      { date: '2026-01-06', firings: 1 },
    ]);
    expect([result!.by_hour_of_week[0]![11], result!.by_hour_of_week[1]![8]]).toEqual([3, 1]);
    expect(result!.pages).toMatchObject({ pages: 3, night_pages: 0 });
  });

  it('know when the rule itself would have failed: its alerts stay as they were', async () => {
    const { result, alerts } = await world.done({
      rule: { expression: 'clash', labels: { i: 'all' } },
      ...here(),
      ...DAY,
    });
    expect(result).toMatchObject({
      failed_evaluations: 5,
      failed_at: iso(MONDAY + 5 * MINUTE),
      failure: expect.stringContaining('same labelset') as unknown,
    });
    expect(alerts.map(({ firings }) => firings)).toEqual([
      [{ active_at: iso(MONDAY), fired_at: iso(MONDAY), ended_at: iso(MONDAY + 15 * MINUTE) }],
    ]);
  });

  it('ask for no more points than a source gives, and for less when it was too much', async () => {
    source.misbehave = ({ start, end, step }) =>
      (end - start) / step + 1 > 300
        ? {
            status: 422,
            body: { status: 'error', errorType: 'execution', error: 'query processing would load too many samples' },
          }
        : undefined;
    const { result } = await world.done({ rule: disk, ...here(), ...DAY, interval: '15s' });
    expect(result!.firings).toBe(4);
    source.misbehave = () => undefined;
    source.asked.length = 0;
    await world.done({ rule: disk, ...here(), from: iso(MONDAY - 30 * 24 * HOUR), to: DAY.to, interval: '15s' });
    expect(Math.max(...source.asked.map(({ start, end, step }) => (end - start) / step + 1))).toBeLessThanOrEqual(
      11_000,
    );
  });

  it('say what is wrong with the source instead of trying for ever', async () => {
    const failing = async (input: object): Promise<unknown> => {
      const { id } = await world.begin({ rule: disk, ...here(), ...DAY, ...input });
      return world.ended(id);
    };
    source.misbehave = () => ({
      status: 400,
      body: { status: 'error', errorType: 'bad_data', error: 'no such function' },
    });
    expect(await failing({})).toMatchObject({ state: 'failed', error: 'the source answered 400: no such function' });
    source.misbehave = () => ({ status: 200, body: { status: 'success', data: 'a login page' } });
    expect(await failing({})).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('not that of') as unknown,
    });
    expect(await failing({ source: { url: 'http://169.254.169.254' } })).toMatchObject({
      state: 'failed',
      error: expect.stringMatching(/^not asked: .*outbound_allow/) as unknown,
    });
    expect(await failing({ interval: '1ms' })).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('2000000 is the limit') as unknown,
    });
  });

  it('do without pages, and say so, when the policy cannot be had', async () => {
    const { policy } = world;
    world.policy = null;
    const { result } = await world.done({ rule: disk, ...here(), ...DAY });
    world.policy = policy;
    expect(result).toMatchObject({
      firings: 4,
      pages: null,
      pages_unknown: 'the policy could not be had: the database is away',
    });
  });

  it('ask where the cluster says', async () => {
    world.queryUrls.set('eu', source.url).set('us', null);
    expect((await world.done({ rule: disk, cluster: 'eu', ...DAY })).result!.firings).toBe(4);
    await expect(world.begin({ rule: disk, cluster: 'us' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(world.begin({ rule: disk, cluster: 'none' })).rejects.toMatchObject({
      code: 'invalid',
      errors: [{ pointer: '/cluster', code: 'unknown_cluster' }],
    });
  });

  it.each([
    [{}, '/rule_id'],
    [{ rule: { expression: 'up ==' } }, '/rule/expression'],
    [{ rule: { expression: 'up', duration: '5 minutes' } }, '/rule/duration'],
    [{ rule: { expression: 'up' }, compare: {} }, '/compare/rule_id'],
    [{ rule: { expression: 'up' }, from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }, '/from'],
    [{ rule: { expression: 'up' }, from: '2025-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }, '/from'],
    [{ rule: { expression: 'up' }, to: '2126-01-01T00:00:00Z' }, '/to'],
    [{ rule: { expression: 'up' }, time_zone: 'Mars/Base' }, '/time_zone'],
    [{ rule: { expression: 'up' }, interval: '0s' }, '/interval'],
    [{ rule: { expression: 'up' }, source: null }, '/cluster'],
  ])('are refused with a pointer: %j', async (input, pointer) => {
    await expect(world.begin({ ...here(), ...input })).rejects.toMatchObject({
      code: 'invalid',
      errors: [{ pointer }],
    });
  });

  it('stop when somebody cancels them, are audited, and are forgotten on demand', async () => {
    source.misbehave = () => 'hang';
    const { id } = await world.begin({ rule: disk, ...here(), ...DAY });
    await pollUntil(() => source.asked.length > 0, { what: 'the source is asked' });
    expect(await world.cancel(id)).toMatchObject({ state: 'cancelled' });
    await expect(world.cancel(id)).rejects.toMatchObject({ code: 'conflict' });
    // Its place is free again: two more that hang would not leave any.
    source.misbehave = () => undefined;
    expect((await world.done({ rule: disk, ...here(), ...DAY })).state).toBe('done');
    expect((await world.get(id)).state).toBe('cancelled');
    await world.gateway.request(deleteBacktest, { id, actor: ACTOR });
    await expect(world.get(id)).rejects.toMatchObject({ code: 'not_found' });
    const { items } = await world.gateway.request(serviceOperations.rules.listAudit, { limit: 500 });
    const actions = items.filter(({ resource_id }) => resource_id === id).map(({ action }) => action);
    expect(actions.sort()).toEqual(['backtest.cancelled', 'backtest.deleted', 'backtest.started']);
  });

  it('are begun again when their worker died, and given up when that happens again and again', async () => {
    const { manager } = world.service.get(DataSource);
    const finished = await world.done({ rule: disk, ...here(), ...DAY });
    const dead = { state: 'running' as const, endedAt: null, leaseToken: 'gone', leaseUntil: new Date(0) };
    await manager.update(backtestEntity, { id: finished.id }, { ...dead, attempts: 1 });
    const again = await world.ended(finished.id);
    expect(again).toMatchObject({ state: 'done', result: { firings: 4 } });
    expect(await world.alerts(finished.id)).toEqual(finished.alerts);
    await manager.update(backtestEntity, { id: finished.id }, { ...dead, attempts: 3 });
    expect(await world.ended(finished.id)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('begun 3 times') as unknown,
    });
  });
});
