import { createServer, type Server } from 'node:http';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ruleText } from './rule-text';
import { Scene } from './scene';
import { until } from './until';

const GOOD = ruleText([{ name: 'Alpha' }]);
const INVALID = ruleText([{ name: 'Alpha' }, { name: 'Broken', expr: 'sum by (' }]);
const BETTER = ruleText([{ name: 'Alpha' }, { name: 'Gamma' }]);

describe('faults of a real Prometheus', () => {
  let scene: Scene;
  /** Pretends to be a target that agrees to everything. */
  let liar: Server | null = null;

  beforeEach(async () => {
    scene = new Scene();
    await scene.centre.start();
  });

  afterEach(async () => {
    liar?.close();
    liar?.closeAllConnections();
    liar = null;
    await scene.close();
  });

  const startGood = async (): Promise<void> => {
    await scene.startTarget();
    scene.startSidecar();
    scene.centre.publish(1, GOOD);
    await scene.reported('live', 1);
  };

  it('puts the last good file back when a reload is refused, and takes the next good revision', async () => {
    await startGood();

    scene.centre.publish(2, INVALID);
    const failed = await scene.reported('failed', 2);

    expect(failed.reason).toMatch(/refused.*revision 1.*put back and is loaded/);
    const rules = await until('the rule that both revisions have to be live', () => {
      const latest = scene.centre
        .reported('failed', 2)
        .at(-1)
        ?.rules.map((rule) => `${rule.name} ${rule.status}`);
      return latest?.[0] === 'Alpha live' ? latest : undefined;
    });
    expect(rules).toEqual(['Alpha live', 'Broken failed']);
    expect(scene.file).toBe(GOOD);
    expect(failed.hash).toBe(failed.loaded_hash);
    expect(await scene.loadedRules()).toEqual(['Alpha@1']);

    scene.centre.publish(3, BETTER);
    await scene.reported('live', 3);
    expect(await scene.loadedRules()).toEqual(['Alpha@1', 'Gamma@1']);
  });

  it('remembers over a restart that a revision was refused, and does not try it again', async () => {
    await scene.startTarget();
    const first = scene.startSidecar();
    scene.centre.publish(1, GOOD);
    await scene.reported('live', 1);
    scene.centre.publish(2, INVALID);
    const statePath = join(dirname(scene.configPath), '.alertagent.rules.yml.alertagent-state.json');
    await until('the second verdict', () =>
      readFileSync(statePath, 'utf8').includes('"isFinal": true') ? true : undefined,
    );
    await first.stop();
    const reloadedAt = await scene.lastReload();

    const seen = scene.centre.reports.length;
    scene.startSidecar();
    const failed = await scene.reported('failed', 2, seen);

    expect(failed.reason).toMatch(/refused/);
    expect(await scene.lastReload()).toBe(reloadedAt);
  });

  it('leaves a minimal valid file when the first revision is refused', async () => {
    await scene.startTarget();
    scene.startSidecar();
    scene.centre.publish(1, INVALID);

    const failed = await scene.reported('failed', 1);

    expect(failed.reason).toMatch(/minimal file was put back/);
    expect(scene.file).toBe('groups: []\n');
  });

  it('tries a revision again that was refused once, because something else may have been wrong just then, and only once', async () => {
    await scene.startTarget();
    const refusals: number[] = [];
    let left = 1;
    // Refuses reloads that bring the second revision, as Prometheus does while somebody's broken file lies beside ours.
    liar = createServer((request, response) => {
      const isReload = request.method === 'POST';
      if (isReload && scene.file === BETTER && left > 0) {
        left -= 1;
        refusals.push(performance.now());
        response.writeHead(500).end('something else is wrong');
        return;
      }
      void fetch(`${scene.target.url}${request.url ?? ''}`, { method: request.method }).then(async (answer) => {
        response.writeHead(answer.status, { date: answer.headers.get('date') ?? '' }).end(await answer.text());
      });
    });
    await new Promise<void>((resolve) => liar?.listen(0, '127.0.0.1', resolve));
    const address = liar.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    scene.startSidecar({ RELOAD_URL: `http://127.0.0.1:${port}/-/reload` });
    scene.centre.publish(1, GOOD);
    await scene.reported('live', 1);

    scene.centre.publish(2, BETTER);
    await scene.reported('failed', 2);
    await scene.reported('live', 2);
    expect(refusals.length).toBe(1);

    const WORSE = ruleText([
      { name: 'Alpha', version: 3 },
      { name: 'Broken', expr: 'sum by (' },
    ]);
    const tried: string[] = [];
    liar.on('request', (request: { method?: string }) => {
      if (request.method === 'POST') tried.push(scene.file);
    });
    const seen = scene.centre.reports.length;
    scene.centre.publish(3, WORSE);
    await until('the revision to be tried twice', () =>
      tried.filter((text) => text === WORSE).length === 2 ? true : undefined,
    );
    await until('ten more reports', () => (scene.centre.reports.length >= seen + 16 ? true : undefined));
    expect(tried.filter((text) => text === WORSE).length).toBe(2);
    expect(scene.file).toBe(BETTER);
  });

  it('puts back the file that was there before AlertAgent when the first revision is refused', async () => {
    const own = 'groups:\n  - name: own\n    rules:\n      - alert: Own\n        expr: vector(1)\n';
    writeFileSync(scene.configPath, own);
    await scene.startTarget();
    scene.startSidecar();
    scene.centre.publish(1, INVALID);

    await scene.reported('failed', 1);

    expect(scene.file).toBe(own);
    expect(await scene.loadedRules()).toEqual(['Own@']);
  });

  it('does not blame a revision for a broken file of somebody else, and loads it once that is repaired', async () => {
    await startGood();
    const neighbour = join(scene.directory, 'rules', 'neighbour.yml');
    writeFileSync(neighbour, 'groups: [{name: broken, rules: [{alert: A, expr: "sum by ("}]}]\n');

    scene.centre.publish(2, BETTER);
    const failed = await scene.reported('failed', 2);
    expect(failed.reason).toMatch(/not proven/);
    expect(scene.file).toBe(GOOD);

    rmSync(neighbour);
    await scene.reported('live', 2);
    expect(await scene.loadedRules()).toEqual(['Alpha@1', 'Gamma@1']);
  });

  it('keeps a new file written while Prometheus is down and proves it when it is back', async () => {
    await startGood();
    await scene.killTarget();

    scene.centre.publish(2, BETTER);
    const written = await until('a report that the target is away', () =>
      scene.centre.reported('written', 2).find((report) => report.reason !== null),
    );
    expect(written.reason).toMatch(/cannot be (reached|asked)/);
    expect(scene.file).toBe(BETTER);

    await scene.target.restart();
    await scene.reported('live', 2);
    expect(await scene.loadedRules()).toEqual(['Alpha@1', 'Gamma@1']);
  });

  it('goes back to the last good file when Prometheus hangs, and tries again when it does not', async () => {
    await startGood();
    scene.target.kill('SIGSTOP');

    scene.centre.publish(2, BETTER);
    const failed = await scene.reported('failed', 2);
    expect(failed.reason).toMatch(/not answered within/);
    expect(scene.file).toBe(GOOD);

    scene.target.kill('SIGCONT');
    await scene.reported('live', 2);
    expect(await scene.loadedRules()).toEqual(['Alpha@1', 'Gamma@1']);
  });

  it('does not believe a reload that answers 200 and loads nothing', async () => {
    await scene.startTarget();
    liar = createServer((request, response) => {
      if (request.method === 'POST') response.writeHead(200).end();
      else response.writeHead(200).end(JSON.stringify({ status: 'success', data: { groups: [] } }));
    });
    await new Promise<void>((resolve) => liar?.listen(0, '127.0.0.1', resolve));
    const address = liar.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    scene.startSidecar({ RELOAD_URL: `http://127.0.0.1:${port}/-/reload` });
    scene.centre.publish(1, GOOD);

    const failed = await scene.reported('failed', 1);

    expect(failed.reason).toMatch(/answered with success, but/);
    expect(scene.centre.reported('live')).toEqual([]);
  });
});
