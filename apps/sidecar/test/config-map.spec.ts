import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { startPrometheus, type PrometheusServer } from '@alertagent/local-stack';
import { FakeKubernetes, NAME, NAMESPACE } from './fake-kubernetes';
import { getText } from './get-text';
import { ruleText } from './rule-text';
import { Scene } from './scene';
import type { SidecarProcess } from './sidecar-process';
import { until } from './until';

const KEY = 'alertagent.rules.yml';
const GOOD = ruleText([{ name: 'Alpha' }]);
const BETTER = ruleText([{ name: 'Alpha' }, { name: 'Gamma' }]);
const INVALID = ruleText([{ name: 'Alpha' }, { name: 'Broken', expr: 'sum by (' }]);

/** The writer loads a large library before its first request, which takes long on a busy machine. */
const PATIENCE_MS = 40_000;
jest.setTimeout(3 * PATIENCE_MS);

describe('a ConfigMap that a real Prometheus reads through a kubelet', () => {
  let scene: Scene;
  let kubernetes: FakeKubernetes;
  let prometheus: PrometheusServer;

  beforeEach(async () => {
    scene = new Scene();
    await scene.centre.start();
    const directory = join(scene.directory, 'kubernetes');
    mkdirSync(directory);
    kubernetes = new FakeKubernetes(directory);
    await kubernetes.start();
    kubernetes.syncMount();
    prometheus = await startPrometheus({ dataDir: directory, rulesGlob: join(kubernetes.mount, '*.yml') });
  });

  afterEach(async () => {
    await prometheus.stop();
    await kubernetes.stop();
    await scene.close();
  });

  const startWriter = (env: Record<string, string> = {}): SidecarProcess =>
    scene.startSidecar(
      {
        TRANSPORT: 'configmap',
        CONFIGMAP: `${NAMESPACE}/${NAME}`,
        KUBECONFIG: kubernetes.kubeconfig,
        RELOAD_URL: prometheus.reloadUrl,
        ...env,
      },
      [],
      64,
    );
  const shows = async (): Promise<string[]> => {
    const answer = await getText(`${prometheus.url}/api/v1/rules`);
    return [...answer.matchAll(/"name":"(\w+)","query"/g)].map(([, name]) => name ?? '');
  };
  const waiting = (revision: number): Promise<unknown> =>
    until(
      'a report that the file is on its way',
      () => scene.centre.reported('written', revision).find((report) => report.reason?.includes('on its way')),
      PATIENCE_MS,
    );
  const failure = (pattern: RegExp): Promise<unknown> =>
    until(
      () => `a failure like ${pattern}; the last report: ${JSON.stringify(scene.centre.reports.at(-1))}`,
      () => scene.centre.reported('failed').find((report) => pattern.test(report.reason ?? '')),
      PATIENCE_MS,
    );
  const bringLive = async (): Promise<void> => {
    scene.centre.publish(1, GOOD);
    await waiting(1);
    kubernetes.syncMount();
    await scene.reported('live', 1);
  };

  it('is not called loaded before the kubelet has brought the file, however often the reload succeeds', async () => {
    startWriter();
    scene.centre.publish(1, GOOD);
    await waiting(1);
    expect(kubernetes.stored?.data[KEY]).toBe(GOOD);
    expect(scene.centre.reported('loaded')).toEqual([]);
    expect(await shows()).toEqual([]);

    kubernetes.syncMount();
    const live = await scene.reported('live', 1);

    expect(await shows()).toEqual(['Alpha']);
    expect(live.hash).toBe(live.loaded_hash);
    for (const state of ['fetched', 'written', 'reloaded', 'loaded'] as const)
      expect(scene.centre.reported(state, 1).length).toBeGreaterThan(0);
  });

  it('does not take the old file for the new one when both show the same rules', async () => {
    startWriter({ ARRIVAL_TIMEOUT: '4s' });
    await bringLive();
    const reloadedAt = async (): Promise<number> =>
      Number(
        /^prometheus_config_last_reload_success_timestamp_seconds (\S+)$/m.exec(
          await getText(`${prometheus.url}/metrics`),
        )?.[1],
      );
    const before = await reloadedAt();

    scene.centre.publish(2, `# the same rules\n${GOOD}`);
    await until('a report that they cannot be told apart', () =>
      scene.centre.reported('written', 2).find((report) => report.reason?.includes('showed these rules before')),
    );
    kubernetes.syncMount();
    await scene.reported('live', 2);

    expect(await reloadedAt()).toBeGreaterThan(before);
  });

  it('judges a bad revision when it has arrived, and believes the one put back only when that has', async () => {
    startWriter();
    await bringLive();

    scene.centre.publish(2, INVALID);
    await waiting(2);
    kubernetes.syncMount();
    await failure(/refused.*put back, but is not proven/);
    expect(kubernetes.stored?.data[KEY]).toBe(GOOD);

    kubernetes.syncMount();
    await failure(/refused.*put back and is loaded$/);
    const patches = kubernetes.requests.filter((verb) => verb === 'patch').length;
    expect(patches).toBe(3);

    scene.centre.publish(3, BETTER);
    await waiting(3);
    kubernetes.syncMount();
    await scene.reported('live', 3);
    expect(await shows()).toEqual(['Alpha', 'Gamma']);
  });

  it('gives up on a file that never arrives, with a reason, and tries again', async () => {
    startWriter({ ARRIVAL_TIMEOUT: '2s' });
    scene.centre.publish(1, GOOD);
    await failure(/answered with success, but the target shows none/);

    const onItsWay = setInterval(() => kubernetes.syncMount(), 250);
    await scene.reported('live', 1).finally(() => clearInterval(onItsWay));
  });

  it('refuses what is larger than a ConfigMap, says so, and changes nothing', async () => {
    startWriter();
    await bringLive();
    const version = kubernetes.stored?.version;

    scene.centre.publish(2, `# ${'x'.repeat(1024 * 1024)}\n${BETTER}`);
    await failure(/a ConfigMap holds 1048576/);

    expect(kubernetes.stored?.version).toBe(version);
    expect(kubernetes.stored?.data[KEY]).toBe(GOOD);
  });

  it('counts the other keys of the ConfigMap, and leaves them alone', async () => {
    kubernetes.edit({ 'team.rules.yml.off': 'y'.repeat(1024 * 1024 - 40) });
    startWriter();
    scene.centre.publish(1, GOOD);
    await failure(/other keys of the ConfigMap/);

    kubernetes.edit({ 'team.rules.yml.off': 'small' });
    await until('the file', () => kubernetes.stored?.data[KEY]);
    expect(kubernetes.stored?.data['team.rules.yml.off']).toBe('small');
  });

  it('reads again when somebody else changes the ConfigMap between its look and its change', async () => {
    let raced = 0;
    kubernetes.interfere = (request) => {
      if (request.method === 'PATCH' && raced < 2) {
        raced += 1;
        kubernetes.edit({ ...kubernetes.stored?.data, other: `edit ${raced}` });
      }
      return false;
    };
    startWriter();
    await bringLive();

    expect(raced).toBe(2);
    expect(kubernetes.stored?.data).toEqual({ [KEY]: GOOD, other: 'edit 2' });
  });

  it('puts right what somebody edited by hand, and counts it', async () => {
    startWriter({ ARRIVAL_TIMEOUT: '3s' });
    await bringLive();
    kubernetes.edit({ [KEY]: 'groups: []\n' });
    kubernetes.syncMount();

    await until('the repair', () => (kubernetes.stored?.data[KEY] === GOOD ? true : undefined));
    kubernetes.syncMount();
    await until('a live report that counts it', () =>
      scene.centre.reported('live', 1).find((report) => report.drift_repaired === 1),
    );
  });

  it('notices that a change was made though its answer was lost', async () => {
    kubernetes.interfere = (request, response) => {
      if (request.method === 'PATCH') kubernetes.onStored = (): unknown => response.destroy();
      return false;
    };
    startWriter();
    await bringLive();

    expect(scene.centre.reported('failed')).toEqual([]);
    expect(kubernetes.requests.filter((verb) => verb === 'patch')).toHaveLength(1);
  });

  it.each([
    ['forbids to patch', /answered 403.*resourceNames/, (): unknown => (kubernetes.verbs = new Set(['get']))],
    ['answers 500', /answered 500/, (): unknown => answerPatches((response) => response.writeHead(500).end('etcd'))],
    [
      'answers something else',
      /not that ConfigMap/,
      (): unknown => answerPatches((response) => response.writeHead(200).end('<html>')),
    ],
    [
      'redirects',
      /answered 302/,
      (): unknown => answerPatches((response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()),
    ],
    [
      'answers without end',
      /changed by somebody else again and again/,
      (): unknown => answerPatches((response) => response.write('x'.repeat(5 * 1024 * 1024))),
    ],
  ])('reports an API server that %s and goes on when it does not', async (_name, reason, misbehave) => {
    misbehave();
    startWriter();
    scene.centre.publish(1, GOOD);
    await failure(reason);

    kubernetes.interfere = null;
    kubernetes.verbs.add('patch');
    await waiting(1);
    expect(kubernetes.stored?.data[KEY]).toBe(GOOD);
  });

  it('reports a ConfigMap that vanished, and heartbeats go on', async () => {
    startWriter();
    await bringLive();
    kubernetes.stored = null;

    await failure(/404.*make it first/);
    const seen = scene.centre.reports.length;
    await until('more heartbeats', () => (scene.centre.reports.length > seen + 2 ? true : undefined));
  });

  it('ends with code 78 outside of Kubernetes, and with 1 when the API server does not know it', async () => {
    const outside = startWriter({ KUBECONFIG: '' });
    expect(await outside.ended()).toBe(78);
    expect(outside.log).toContain('TRANSPORT=configmap needs a Kubernetes');

    kubernetes.interfere = (_request, response) => {
      response.writeHead(401).end('{}');
      return true;
    };
    const unknown = startWriter();
    expect(await unknown.ended()).toBe(1);
    expect(unknown.log).toMatch(/answered 401/);
    expect(existsSync(join(scene.directory, 'rules', basename(KEY)))).toBe(false);
  });

  /** Lets `answer` take all PATCH requests. */
  function answerPatches(answer: (response: Parameters<NonNullable<FakeKubernetes['interfere']>>[1]) => unknown): void {
    kubernetes.interfere = (request, response) => {
      if (request.method !== 'PATCH') return false;
      answer(response);
      return true;
    };
  }
});
