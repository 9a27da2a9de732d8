import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureBinaries } from '@alertagent/local-stack';
import { getText } from './get-text';
import { alertmanagerText } from './rule-text';
import { Scene } from './scene';
import { until } from './until';

const FIRST = alertmanagerText('first');
const UNDEFINED_RECEIVER = alertmanagerText('first').replace('receiver: first', 'receiver: nobody');

describe('the way of a configuration into a real Alertmanager', () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = new Scene('alertmanager-config');
    await scene.centre.start();
    writeFileSync(scene.configPath, 'route:\n  receiver: own\nreceivers:\n  - name: own\n');
  });

  afterEach(() => scene.close());

  it('ends live when the hash of the loaded file is the hash of the written one', async () => {
    await scene.startTarget();
    scene.startSidecar();
    scene.centre.publish(1, FIRST);

    const live = await scene.reported('live', 1);

    expect(scene.file).toBe(FIRST);
    expect(live.loaded_hash).toBe(live.hash);
    expect(await getText(`${scene.target.url}/api/v2/status`)).toContain('receiver: first');
  });

  it('stores the webhook token beside the configuration, readable by its owner only, and never replaces one', async () => {
    const token = join(scene.directory, 'alertagent-webhook.token');
    await scene.startTarget();
    const first = scene.startSidecar();
    scene.centre.publish(1, FIRST);
    await scene.reported('live', 1);
    await first.stop();

    expect(readFileSync(token, 'utf8')).toBe('webhook-token-of-the-test');
    expect(statSync(token).mode & 0o777).toBe(0o600);
    expect(first.log).not.toContain('webhook-token-of-the-test');

    scene.centre.webhookToken = 'another';
    const seen = scene.centre.reports.length;
    scene.startSidecar();
    await scene.reported('live', 1, seen);
    expect(readFileSync(token, 'utf8')).toBe('webhook-token-of-the-test');
  });

  it('goes on without a webhook token when AlertAgent gives none', async () => {
    scene.centre.webhookToken = null;
    await scene.startTarget();
    scene.startSidecar();
    scene.centre.publish(1, FIRST);

    await scene.reported('live', 1);
    expect(existsSync(join(scene.directory, 'alertagent-webhook.token'))).toBe(false);
  });

  it('puts the last good file back when Alertmanager refuses a revision, with its reason, and takes the next one', async () => {
    await scene.startTarget();
    scene.startSidecar();
    scene.centre.publish(1, FIRST);
    await scene.reported('live', 1);

    scene.centre.publish(2, UNDEFINED_RECEIVER);
    const failed = await scene.reported('failed', 2);
    expect(failed.reason).toMatch(/undefined receiver "nobody"/);
    expect(scene.file).toBe(FIRST);

    scene.centre.publish(3, alertmanagerText('third'));
    await scene.reported('live', 3);
  });

  it('does not write what amtool rejects', async () => {
    await scene.startTarget();
    const sidecar = scene.startSidecar({ PATH: dirname((await ensureBinaries(['amtool'])).amtool) });
    scene.centre.publish(1, FIRST);
    await scene.reported('live', 1);
    expect(sidecar.log).toMatch(/checked by amtool/);
    const reloadedAt = await scene.lastReload();

    scene.centre.publish(2, UNDEFINED_RECEIVER);
    const failed = await scene.reported('failed', 2);

    expect(failed.reason).toMatch(/amtool rejects the file/);
    expect(scene.file).toBe(FIRST);
    expect(await scene.lastReload()).toBe(reloadedAt);
  });

  it('gives Alertmanager a minimal file to start with when there is none and AlertAgent is away', async () => {
    await scene.centre.stop();
    const path = join(scene.directory, 'fresh', 'alertmanager.yml');
    mkdirSync(join(scene.directory, 'fresh'));
    const once = scene.startSidecar({ CONFIG_PATH: path, RELOAD_URL: 'http://127.0.0.1:9/-/reload' }, ['--once']);

    expect(await once.ended()).toBe(0);
    expect(readFileSync(path, 'utf8')).toContain('receiver: none');
  });

  it('does not reload identical content, also over a restart', async () => {
    await scene.startTarget();
    const first = scene.startSidecar();
    scene.centre.publish(1, FIRST);
    await scene.reported('live', 1);
    const reloadedAt = await scene.lastReload();
    await first.stop();

    const seen = scene.centre.reports.length;
    scene.startSidecar();
    await scene.reported('live', 1, seen);
    scene.centre.publish(2, FIRST);
    await until('the new number', () => scene.centre.reported('live', 2)[0]);

    expect(await scene.lastReload()).toBe(reloadedAt);
  });
});
