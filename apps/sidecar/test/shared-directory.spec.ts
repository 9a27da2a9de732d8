import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { startPrometheus, type PrometheusServer } from '@alertagent/local-stack';
import { getText } from './get-text';
import { alertmanagerText, ruleText } from './rule-text';
import { Scene } from './scene';
import { until } from './until';

const SHARED = { TRANSPORT: 'shared-directory' };
const GOOD = ruleText([{ name: 'Alpha' }]);
const BETTER = ruleText([{ name: 'Alpha' }, { name: 'Gamma' }]);
const INVALID = ruleText([{ name: 'Alpha' }, { name: 'Broken', expr: 'sum by (' }]);

/** Stands between the sidecar and its target as a network does: it can lose requests. */
class LossyRoad {
  /** How many reloads are answered without reaching the target. */
  loseReloads = 0;
  reloads = 0;
  /** How many reloads are answered as by a target that still sees a file it refuses. */
  refuseReloads = 0;
  /** Called when a reload comes by. */
  onReload = (): void => undefined;
  private server: Server | null = null;

  async open(targetUrl: string): Promise<string> {
    const server = createServer((incoming, outgoing) => {
      if (incoming.method === 'POST') {
        this.reloads += 1;
        this.onReload();
      }
      if (incoming.method === 'POST' && this.loseReloads > 0) {
        this.loseReloads -= 1;
        return void outgoing.writeHead(200).end();
      }
      if (incoming.method === 'POST' && this.refuseReloads > 0) {
        this.refuseReloads -= 1;
        return void outgoing.writeHead(500).end('the old file');
      }
      const onward = request(new URL(incoming.url ?? '/', targetUrl), { method: incoming.method }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      incoming.pipe(onward);
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/-/reload`;
  }

  close(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }
}

describe('a directory that writer and readers share', () => {
  let scene: Scene;
  let road: LossyRoad;
  const others: PrometheusServer[] = [];

  beforeEach(async () => {
    scene = new Scene();
    road = new LossyRoad();
    await scene.centre.start();
  });

  afterEach(async () => {
    for (const other of others.splice(0)) await other.stop();
    road.close();
    await scene.close();
  });

  const statePath = (): string => join(scene.directory, 'rules', '.alertagent.rules.yml.alertagent-state.json');

  /** Another Prometheus that reads the same files. */
  const startReader = async (name: string): Promise<PrometheusServer> => {
    const dataDir = join(scene.directory, name);
    mkdirSync(dataDir);
    const reader = await startPrometheus({ dataDir, rulesGlob: join(scene.directory, 'rules', '*.yml') });
    others.push(reader);
    return reader;
  };

  it('goes through the states of a sidecar beside its target, and everybody may read the file', async () => {
    await scene.startTarget();
    scene.startSidecar(SHARED);
    scene.centre.publish(1, GOOD);

    const live = await scene.reported('live', 1);

    expect(live.hash).toBe(live.loaded_hash);
    for (const state of ['fetched', 'written', 'reloaded', 'loaded'] as const)
      expect(scene.centre.reported(state, 1).length).toBeGreaterThan(0);
    expect(statSync(scene.configPath).mode & 0o777).toBe(0o644);
    expect(await scene.loadedRules()).toEqual(['Alpha@1']);
  });

  it('calls rules live when each of several readers runs them, and not before', async () => {
    await scene.startTarget();
    const second = await startReader('second');
    second.kill('SIGSTOP');
    scene.startSidecar({
      ...SHARED,
      RELOAD_URL: `${scene.target.reloadUrl},${second.reloadUrl}`,
      RELOAD_TIMEOUT: '500ms',
      // A reload that hung may be carried out later, and then shows new rules before one that was answered.
      ARRIVAL_TIMEOUT: '6s',
    });
    scene.centre.publish(1, GOOD);

    const waiting = await until('a report that names the reader that hangs', () =>
      scene.centre.reported('written', 1).find((report) => report.reason?.includes(new URL(second.url).host)),
    );
    expect(waiting.loaded_hash).toBeNull();
    expect(scene.centre.reported('loaded')).toEqual([]);

    second.kill('SIGCONT');
    await scene.reported('live', 1);
    expect(await getText(`${second.url}/api/v1/rules`)).toContain('"Alpha"');
  });

  it('reloads again when a reload that was answered with success did not reach the target', async () => {
    await scene.startTarget();
    road.loseReloads = 2;
    scene.startSidecar({ ...SHARED, RELOAD_URL: await road.open(scene.target.url) });
    scene.centre.publish(1, GOOD);

    await scene.reported('live', 1);

    expect(road.reloads).toBeGreaterThanOrEqual(3);
    expect(scene.centre.reported('failed')).toEqual([]);
    expect(await scene.loadedRules()).toEqual(['Alpha@1']);
  });

  it('never lets a reader see half a file while revisions follow each other', async () => {
    await scene.startTarget();
    scene.startSidecar(SHARED);
    const texts = Array.from({ length: 5 }, (_, index) =>
      ruleText(Array.from({ length: 100 }, (_each, rule) => ({ name: `R${rule}`, version: index + 1 }))),
    );
    const seen = new Set<string>();
    let isReading = true;
    const reader = (async () => {
      while (isReading) {
        if (existsSync(scene.configPath)) seen.add(scene.file);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    for (const [index, text] of texts.entries()) {
      scene.centre.publish(index + 1, text);
      await scene.reported('written', index + 1);
    }
    await scene.reported('live', texts.length);
    isReading = false;
    await reader;

    expect([...seen].filter((content) => !texts.includes(content))).toEqual([]);
    expect(seen.size).toBeGreaterThan(2);
  });

  it('judges a bad revision at once and goes on with the next', async () => {
    await scene.startTarget();
    scene.startSidecar(SHARED);
    scene.centre.publish(1, GOOD);
    await scene.reported('live', 1);

    scene.centre.publish(2, INVALID);
    const failed = await until('the verdict', () =>
      scene.centre.reported('failed', 2).find((report) => report.reason?.endsWith('was put back and is loaded')),
    );
    expect(failed.reason).toMatch(/refused/);
    expect(scene.file).toBe(GOOD);

    scene.centre.publish(3, BETTER);
    await scene.reported('live', 3);
    expect(await scene.loadedRules()).toEqual(['Alpha@1', 'Gamma@1']);
  });

  it('tries a refused revision once more, each time judged only after what was put back has arrived, and then never', async () => {
    await scene.startTarget();
    const tried: string[] = [];
    road.onReload = () => tried.push(scene.file);
    scene.startSidecar({ ...SHARED, RELOAD_URL: await road.open(scene.target.url) });
    scene.centre.publish(1, GOOD);
    await scene.reported('live', 1);

    // What is put back is on its way at first: until it arrives, nothing is known about who was to blame.
    road.onReload = () => {
      if (scene.file === GOOD && tried.at(-1) === INVALID) road.refuseReloads = 2;
      tried.push(scene.file);
    };
    scene.centre.publish(2, INVALID);
    const isFinal = (): boolean | undefined =>
      (JSON.parse(readFileSync(statePath(), 'utf8')) as { refused: { isFinal: boolean } | null }).refused?.isFinal;
    await until('the first verdict', () => (isFinal() === false ? true : undefined));
    await until('the second verdict', () => (isFinal() === true ? true : undefined));
    expect(tried.filter((text) => text === INVALID).length).toBe(2);

    const seen = scene.centre.reports.length;
    await until('five more reports', () => (scene.centre.reports.length >= seen + 5 ? true : undefined));
    expect(tried.filter((text) => text === INVALID).length).toBe(2);
    expect(scene.file).toBe(GOOD);
  });

  it('leaves file and readers alone in a conflict, also when the time of a file on its way is up', async () => {
    const theirs = ruleText([{ name: 'Theirs' }]);
    await scene.startTarget();
    const RELOAD_URL = await road.open(scene.target.url);
    scene.startSidecar({ ...SHARED, RELOAD_URL, SYNC_INTERVAL: '300ms', ARRIVAL_TIMEOUT: '1s' });
    scene.centre.publish(1, GOOD);
    await scene.reported('live', 1);
    const manage = setInterval(() => {
      if (scene.file !== theirs) writeFileSync(scene.configPath, theirs);
    }, 20);
    try {
      await until('the conflict to be reported', () =>
        scene.centre.reports.find(({ reason }) => reason?.startsWith('conflict: ')),
      );
      const { reloads } = road;
      const seen = scene.centre.reports.length;
      await until('six more heartbeats', () => (scene.centre.reports.length >= seen + 6 ? true : undefined));
      expect(road.reloads).toBe(reloads);
      expect(scene.file).toBe(theirs);
    } finally {
      clearInterval(manage);
    }
    const seen = scene.centre.reports.length;
    await scene.reported('live', 1, seen);
    expect(scene.file).toBe(GOOD);
  });

  it('refuses to write where a writer of another host is alive, until that one is dead for long', async () => {
    await scene.startTarget();
    const lock = join(scene.directory, 'rules', '.alertagent.rules.yml.lock');
    writeFileSync(lock, JSON.stringify({ pid: 1, started: '1', host: `not-${hostname()}` }));
    scene.centre.publish(1, GOOD);

    const refused = scene.startSidecar(SHARED);
    expect(await refused.ended()).toBe(75);
    expect(refused.log).toMatch(/process 1 on not-/);
    expect(existsSync(scene.configPath)).toBe(false);

    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(lock, longAgo, longAgo);
    scene.startSidecar(SHARED);
    await scene.reported('live', 1);
  });

  it('proves an Alertmanager by the hash of the file that it reads from its own mount', async () => {
    await scene.close();
    scene = new Scene('alertmanager-config');
    await scene.centre.start();
    await scene.startTarget();
    scene.startSidecar(SHARED);
    scene.centre.publish(1, alertmanagerText('first'));

    const live = await scene.reported('live', 1);

    expect(live.loaded_hash).toBe(live.hash);
    expect(readFileSync(join(scene.directory, 'alertmanager.yml'), 'utf8')).toContain('receiver: first');
  });
});
