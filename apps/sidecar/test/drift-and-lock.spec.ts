import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { ruleText } from './rule-text';
import { Scene } from './scene';
import { until } from './until';

const TEXT = ruleText([{ name: 'Alpha' }, { name: 'Beta' }]);

describe('a file that somebody else changed', () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = new Scene();
    await scene.centre.start();
    await scene.startTarget();
  });

  afterEach(() => scene.close());

  it.each([
    ['edited', (path: string): void => appendFileSync(path, '# by hand\n')],
    ['emptied', (path: string): void => writeFileSync(path, '')],
    ['deleted', (path: string): void => rmSync(path)],
  ])(
    'is repaired when it was %s although AlertAgent has nothing new, and the repair is counted',
    async (_how, damage) => {
      scene.startSidecar();
      scene.centre.publish(1, TEXT);
      await scene.reported('live', 1);

      damage(scene.configPath);
      const report = await until('a report of the repair', () =>
        scene.centre.reported('live', 1).find((entry) => entry.drift_repaired === 1),
      );

      expect(scene.file).toBe(TEXT);
      expect(report.hash).toBe(report.loaded_hash);
      expect(await scene.loadedRules()).toEqual(['Alpha@1', 'Beta@1']);
    },
  );

  it('is repaired with the rules that Prometheus already lost by reading the damaged file', async () => {
    scene.startSidecar({ SYNC_INTERVAL: '2s' });
    scene.centre.publish(1, TEXT);
    await scene.reported('live', 1);

    await scene.killTarget();
    writeFileSync(scene.configPath, '');
    await scene.target.restart();
    await until('the rules to be back', async () => ((await scene.loadedRules()).length === 2 ? true : undefined));

    expect(scene.file).toBe(TEXT);
  });

  it('is repaired from the last good copy while AlertAgent is away, also at a start', async () => {
    const first = scene.startSidecar();
    scene.centre.publish(1, TEXT);
    await scene.reported('live', 1);
    await first.stop();
    await scene.centre.stop();
    rmSync(scene.configPath);

    scene.startSidecar();
    await until('the file to be back', () => {
      try {
        return scene.file === TEXT ? true : undefined;
      } catch {
        return undefined;
      }
    });
  });
});

describe('another manager of the file', () => {
  let scene: Scene;
  let manage: NodeJS.Timeout | undefined;

  beforeEach(async () => {
    scene = new Scene();
    await scene.centre.start();
    await scene.startTarget();
  });

  afterEach(() => {
    clearInterval(manage);
    return scene.close();
  });

  it('is named and not fought: nothing is written any more until it stops, and then the newest revision is', async () => {
    const theirs = ruleText([{ name: 'Theirs' }]);
    scene.startSidecar({ SYNC_INTERVAL: '300ms', RELOAD_TIMEOUT: '300ms' });
    scene.centre.publish(1, TEXT);
    await scene.reported('live', 1);
    let changes = 0;
    manage = setInterval(() => {
      if (scene.file === theirs) return;
      writeFileSync(scene.configPath, theirs);
      changes += 1;
    }, 20);

    const conflict = await until('the conflict to be reported', () =>
      scene.centre.reports.find(({ reason }) => reason?.startsWith('conflict: ')),
    );
    expect(conflict.state).toBe('failed');
    expect(changes).toBe(4);

    scene.centre.publish(2, ruleText([{ name: 'Alpha', version: 2 }]));
    const seen = scene.centre.reports.length;
    await until('three more heartbeats', () => (scene.centre.reports.length >= seen + 3 ? true : undefined));
    expect(scene.file).toBe(theirs);
    expect(changes).toBe(4);
    expect(scene.centre.reports.slice(seen).filter(({ state }) => state === 'live')).toEqual([]);

    clearInterval(manage);
    await scene.reported('live', 2, seen);
    expect(await scene.loadedRules()).toEqual(['Alpha@2']);
  });
});

describe('two sidecars for one file', () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = new Scene();
    await scene.centre.start();
    await scene.startTarget();
  });

  afterEach(() => scene.close());

  it('are not possible: the second ends with code 75 and says why, and the first reports it', async () => {
    scene.startSidecar();
    scene.centre.publish(1, TEXT);
    await scene.reported('live', 1);

    const second = scene.startSidecar();

    expect(await second.ended()).toBe(75);
    expect(second.log).toMatch(/another sidecar .* already keeps this file/);
    const named = await until('the second one to be reported', () =>
      scene.centre.reports.find(({ reason }) => reason?.includes(`process ${second.process.pid} on `)),
    );
    expect(named.state).toBe('live');
  });

  it('are possible one after the other when the first was killed', async () => {
    const first = scene.startSidecar();
    scene.centre.publish(1, TEXT);
    await scene.reported('live', 1);
    first.process.kill('SIGKILL');
    await first.ended();

    const seen = scene.centre.reports.length;
    scene.startSidecar();
    await scene.reported('live', 1, seen);
  });
});
