import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SidecarReport } from '../src/progress';
import type { WaitingReport } from '../src/report-backlog';
import { ruleText } from './rule-text';
import { Scene } from './scene';
import { until } from './until';

describe('the sidecar as a process', () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = new Scene();
    await scene.centre.start();
  });

  afterEach(() => scene.close());

  it('ends with code 78 and lists every bad setting in one message', async () => {
    const sidecar = scene.startSidecar({ CONFIG_TYPE: 'nagios', SYNC_INTERVAL: 'often', RELOAD_URL: 'nowhere' });
    expect(await sidecar.ended()).toBe(78);
    for (const name of ['CONFIG_TYPE', 'SYNC_INTERVAL', 'RELOAD_URL']) expect(sidecar.log).toContain(`- ${name}`);
  });

  it('explains itself', async () => {
    const sidecar = scene.startSidecar({ RELOAD_URL: 'http://127.0.0.1:9/-/reload' }, ['--help']);
    expect(await sidecar.ended()).toBe(0);
    expect(sidecar.log).toContain('ALERTAGENT_ENDPOINT');
  });

  it('ends with code 78 when its state is damaged, because the pinned key is in it', async () => {
    writeFileSync(join(dirname(scene.configPath), '.alertagent.rules.yml.alertagent-state.json'), '{');
    const sidecar = scene.startSidecar({ RELOAD_URL: 'http://127.0.0.1:9/-/reload' });
    expect(await sidecar.ended()).toBe(78);
    expect(sidecar.log).toMatch(/state file .* cannot be read/);
  });

  it('stops with code 0 in the middle of a held request, and never writes the token to its log', async () => {
    await scene.startTarget();
    const sidecar = scene.startSidecar({ SYNC_INTERVAL: '30s' });
    scene.centre.publish(1, ruleText([{ name: 'Alpha' }]));
    await scene.reported('live', 1);
    await until('a held request', () => (scene.centre.fetches.at(-1)?.startsWith('"1-') ? true : undefined));

    expect(await sidecar.stop()).toBe(0);

    expect(sidecar.log).toContain('"stopped"');
    expect(sidecar.log).not.toContain('sync-token');
  });

  it('tells after a restart what it could not tell before, as the past, and then how things stand', async () => {
    await scene.startTarget();
    const before = scene.startSidecar();
    scene.centre.publish(1, ruleText([{ name: 'Alpha' }]));
    await scene.reported('live', 1);
    await scene.centre.stop();
    const waiting = join(dirname(scene.configPath), '.alertagent.rules.yml.alertagent-reports.json');
    await until('a report that waits', () => (existsSync(waiting) ? true : undefined));
    await before.stop();
    // As if the restart had taken ten minutes.
    const kept = JSON.parse(readFileSync(waiting, 'utf8')) as WaitingReport[];
    const observedAt = Date.now() - 600_000;
    writeFileSync(waiting, JSON.stringify(kept.map((one) => ({ ...one, observedAt }))));

    const seen = scene.centre.reports.length;
    await scene.centre.start();
    scene.startSidecar();
    await until('the past and the present', () => {
      const [past, ...later] = scene.centre.reports.slice(seen) as (SidecarReport & { observed_at?: string })[];
      const isTold = past?.observed_at === new Date(observedAt).toISOString() && past.rules.length === 0;
      return isTold && later.some((one) => one.state === 'live' && !one.observed_at) ? true : undefined;
    });
    await until('the file to be gone', () => (existsSync(waiting) ? undefined : true));
  });

  it('serves its own metrics where it is told to, and stops with code 0 all the same', async () => {
    await scene.startTarget();
    const sidecar = scene.startSidecar({ ALERTAGENT_METRICS_LISTEN: '127.0.0.1:0' });
    scene.centre.publish(1, ruleText([{ name: 'Alpha' }]));
    await scene.reported('live', 1);
    const port = await until('the metrics to be served', () => /"port":(\d+)/.exec(sidecar.log)?.[1]);

    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();

    expect(text).toContain('alertagent_sidecar_revision 1\n');
    expect(text).toContain('alertagent_sidecar_proven 1\n');
    expect(text).toContain('alertagent_sidecar_rules{status="live"} 1\n');
    expect(await sidecar.stop()).toBe(0);
  });

  it('asks a server that does not hold requests once in an interval, not in a tight loop', async () => {
    await scene.startTarget();
    scene.centre.holds = false;
    scene.startSidecar();
    scene.centre.publish(1, ruleText([{ name: 'Alpha' }]));
    const live = await scene.reported('live', 1);
    const before = scene.centre.fetches.length;
    const heartbeats = 6;

    const first = scene.centre.reports.indexOf(live) + 1;
    await until('some heartbeats', () => (scene.centre.reports.slice(first).length >= heartbeats ? true : undefined));

    expect(scene.centre.fetches.length - before).toBeLessThanOrEqual(heartbeats * 2 + 1);
  });

  it('carries thousands of rules in its small heap', async () => {
    await scene.startTarget();
    const sidecar = scene.startSidecar({ RELOAD_TIMEOUT: '20s' });
    scene.centre.publish(1, ruleText(Array.from({ length: 3_000 }, (_, index) => ({ name: `Rule${index}` }))));

    const live = await until('all rules to be live', () => scene.centre.reported('live', 1)[0], 25_000);

    expect(live.rules).toHaveLength(3_000);
    expect(sidecar.process.exitCode).toBeNull();
  });
});
