import { ruleText } from './rule-text';
import { Scene } from './scene';

const names = Array.from({ length: 10 }, (_, index) => `Rule${index}`);
const set = (count: number, version = 1): string => ruleText(names.slice(0, count).map((name) => ({ name, version })));
const loaded = (count: number, version = 1): string[] => names.slice(0, count).map((name) => `${name}@${version}`);

describe('a revision that lacks many of the rules that a real Prometheus runs', () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = new Scene();
    scene.centre.holds = false;
    await scene.centre.start();
    await scene.startTarget();
  });

  afterEach(() => scene.close());

  it('is refused and reported until it is confirmed for what is live here, also after a restart', async () => {
    const first = scene.startSidecar();
    const ten = scene.centre.publish(1, set(10));
    await scene.reported('live', 1);
    const reloadedAt = await scene.lastReload();

    const three = scene.centre.publish(2, set(3));
    const refused = await scene.reported('failed');
    expect(refused).toMatchObject({ revision: 1, hash: refused.loaded_hash });
    expect(refused.reason).toMatch(/revision 2 would take 7 of the 10 rules away .* confirm revision 2/);
    await first.stop();
    let seen = scene.centre.reports.length;
    scene.startSidecar();
    expect((await scene.reported('failed', 1, seen)).reason).toMatch(/7 of the 10/);

    seen = scene.centre.reports.length;
    scene.centre.publish(3, set(4), { from: [three] });
    await scene.reported('failed', 1, seen);
    expect([scene.file, await scene.loadedRules()]).toEqual([set(10), loaded(10)]);
    expect(await scene.lastReload()).toBe(reloadedAt);

    scene.centre.publish(4, set(3), { from: [three, ten] });
    await scene.reported('live', 4);
    expect([scene.file, await scene.loadedRules()]).toEqual([set(3), loaded(3)]);
  });

  it('is refused when it is empty and only its emptiness was confirmed, not the way from here', async () => {
    scene.startSidecar();
    const ten = scene.centre.publish(1, set(10));
    await scene.reported('live', 1);
    scene.centre.publish(2, ruleText([]), { empty: true });
    expect((await scene.reported('failed')).reason).toMatch(/10 of the 10/);
    expect(await scene.loadedRules()).toEqual(loaded(10));

    scene.centre.publish(3, ruleText([]), { empty: true, from: [ten] });
    await scene.reported('live', 3);
    expect(await scene.loadedRules()).toEqual([]);
  });

  it('is measured by what was proven, not by what it was written over', async () => {
    scene.startSidecar();
    const ten = scene.centre.publish(1, set(10));
    await scene.reported('live', 1);
    await scene.killTarget();
    scene.centre.publish(2, set(3), { from: [ten] });
    await scene.reported('written', 2);
    const seen = scene.centre.reports.length;
    scene.centre.publish(3, set(3, 2));
    expect((await scene.reported('failed', 2, seen)).reason).toMatch(/7 of the 10/);
  });
});
