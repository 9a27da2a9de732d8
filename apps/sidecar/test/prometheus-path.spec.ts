import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ruleId, ruleText } from './rule-text';
import { Scene } from './scene';
import { until } from './until';

describe('the way of a rule file into a real Prometheus', () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = new Scene();
    await scene.centre.start();
    await scene.startTarget();
  });

  afterEach(() => scene.close());

  it('goes through every state and ends live with each rule named', async () => {
    scene.startSidecar();
    scene.centre.publish(1, ruleText([{ name: 'Alpha' }, { name: 'Beta', version: 4 }]));

    const live = await scene.reported('live', 1);

    expect(
      live.rules.map(({ name, rule_id, rule_version, status }) => ({ name, rule_id, rule_version, status })),
    ).toEqual([
      { name: 'Alpha', rule_id: ruleId('Alpha'), rule_version: 1, status: 'live' },
      { name: 'Beta', rule_id: ruleId('Beta'), rule_version: 4, status: 'live' },
    ]);
    expect(live.hash).toBe(live.loaded_hash);
    expect(live.target).toMatchObject({ healthy: true, kind: 'prometheus', version: expect.any(String) as unknown });
    expect(Math.abs(live.target?.clock_ahead_ms ?? Infinity)).toBeLessThan(3_000);
    for (const state of ['fetched', 'written', 'reloaded', 'loaded'] as const)
      expect(scene.centre.reported(state, 1).length).toBeGreaterThan(0);
    expect(await scene.loadedRules()).toEqual(['Alpha@1', 'Beta@4']);
  });

  it('tells of each rule how many of its alerts fire and how long its evaluation takes', async () => {
    scene.startSidecar();
    scene.centre.publish(1, ruleText([{ name: 'Fires', expr: 'vector(2) > 1' }, { name: 'Quiet' }]));

    const report = await until('a report with a firing alert', () =>
      scene.centre.reports.find(({ rules }) => rules.some(({ firing }) => firing > 0)),
    );

    expect(report.rules.map(({ name, firing }) => [name, firing])).toEqual([
      ['Fires', 1],
      ['Quiet', 0],
    ]);
    for (const { evaluation_seconds } of report.rules) expect(evaluation_seconds).toBeGreaterThan(0);
  });

  it('proves a changed and a deleted rule by the set that Prometheus shows', async () => {
    scene.startSidecar();
    scene.centre.publish(1, ruleText([{ name: 'Alpha' }, { name: 'Beta' }]));
    await scene.reported('live', 1);

    scene.centre.publish(2, ruleText([{ name: 'Alpha', version: 2, expr: 'vector(5) > 1' }]));
    await scene.reported('live', 2);
    expect(await scene.loadedRules()).toEqual(['Alpha@2']);

    scene.centre.publish(3, ruleText([]), { empty: true });
    await scene.reported('live', 3);
    expect(await scene.loadedRules()).toEqual([]);
  });

  it('reports a rule that cannot be evaluated as failed and the others as live', async () => {
    scene.startSidecar();
    scene.centre.publish(
      1,
      ruleText([
        { name: 'Good' },
        {
          name: 'Many',
          expr: 'vector(1) + on() group_left() (label_replace(vector(1), "a", "b", "", "") or vector(1))',
        },
      ]),
    );

    const report = await until('a rule to fail', () =>
      scene.centre.reports.find(
        (entry) =>
          entry.rules.some((rule) => rule.status === 'failed') && entry.rules.some((rule) => rule.status === 'live'),
      ),
    );

    expect(report.rules.map((rule) => [rule.name, rule.status])).toEqual([
      ['Good', 'live'],
      ['Many', 'failed'],
    ]);
    expect(report.rules[1]?.reason).toMatch(/matching/);
    expect(report.state).toBe('loaded');
  });

  it('never reloads for content that is already loaded: not at a restart, not for a new number', async () => {
    const first = scene.startSidecar();
    const text = ruleText([{ name: 'Alpha' }]);
    scene.centre.publish(1, text);
    await scene.reported('live', 1);
    const reloadedAt = await scene.lastReload();
    expect(await first.stop()).toBe(0);

    const seen = scene.centre.reports.length;
    scene.startSidecar();
    await scene.reported('live', 1, seen);
    for (let revision = 2; revision <= 20; revision += 1) {
      scene.centre.publish(revision, text);
      await scene.reported('live', revision);
    }

    expect(await scene.lastReload()).toBe(reloadedAt);
  });

  it('keeps its own files out of every *.yml pattern and the old file as last good', async () => {
    scene.startSidecar();
    scene.centre.publish(1, ruleText([{ name: 'Alpha' }]));
    await scene.reported('live', 1);

    const names = readdirSync(dirname(scene.configPath));

    expect(names.filter((name) => /\.ya?ml$/.test(name))).toEqual(['alertagent.rules.yml']);
    expect(readFileSync(join(dirname(scene.configPath), '.alertagent.rules.yml.last-good'), 'utf8')).toBe(scene.file);
  });

  it('says that nobody loads the file when Prometheus does not list it, and loads it once it does', async () => {
    const prometheusYml = scene.target.configFile;
    const original = readFileSync(prometheusYml, 'utf8');
    writeFileSync(prometheusYml, 'global:\n  evaluation_interval: 1s\n');
    scene.startSidecar();
    scene.centre.publish(1, ruleText([{ name: 'Alpha' }]));

    const failed = await scene.reported('failed', 1);
    expect(failed.reason).toMatch(/rule_files/);
    expect(failed.rules).toMatchObject([{ name: 'Alpha', status: 'failed' }]);

    writeFileSync(prometheusYml, original);
    await scene.reported('live', 1);
  });

  it('leaves file and rules alone while AlertAgent is away, and delivers what happened afterwards', async () => {
    scene.startSidecar();
    scene.centre.publish(1, ruleText([{ name: 'Alpha' }]));
    await scene.reported('live', 1);
    const text = scene.file;
    await scene.centre.stop();
    await scene.killTarget();
    await scene.target.restart();
    const seen = scene.centre.reports.length;
    await scene.centre.start();

    await scene.reported('live', 1, seen);

    expect(scene.file).toBe(text);
    expect(await scene.loadedRules()).toEqual(['Alpha@1']);
  });

  it('syncs once and exits for an init container, also when AlertAgent is away but a file is there', async () => {
    scene.centre.publish(1, ruleText([{ name: 'Alpha' }]));
    expect(await scene.startSidecar({}, ['--once']).ended()).toBe(0);
    expect(await scene.loadedRules()).toEqual(['Alpha@1']);

    await scene.centre.stop();
    expect(await scene.startSidecar({}, ['--once']).ended()).toBe(0);
    expect(existsSync(join(dirname(scene.configPath), '.alertagent.rules.yml.lock'))).toBe(false);
  });
});
