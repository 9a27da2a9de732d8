import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FAILPOINT_STEPS } from '../src/failpoint';
import { ruleText } from './rule-text';
import { Scene } from './scene';

const OLD = ruleText([{ name: 'Alpha' }]);
const NEW = ruleText(Array.from({ length: 40 }, (_, index) => ({ name: `Rule${index}`, version: 2 })));

describe('a sidecar killed in the middle of a change', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = new Scene();
    await scene.centre.start();
    await scene.startTarget();
  });

  afterAll(() => scene.close());

  it.each(FAILPOINT_STEPS.map((step, index) => [step, index] as const))(
    'at %s leaves the old or the new file, and the next start finishes the change without repairing anything',
    async (step, index) => {
      const revision = index * 2 + 1;
      const first = scene.startSidecar();
      // Fewer rules than are live from the step before: somebody confirmed that.
      scene.centre.publish(revision, OLD, { from: [Buffer.from(NEW)] });
      const before = await scene.reported('live', revision);
      await first.stop();

      scene.centre.publish(revision + 1, NEW);
      const killed = scene.startSidecar({ ALERTAGENT_FAILPOINT: `${step}:kill` });
      expect(await killed.ended()).toBe('SIGKILL');

      const isNew = step === 'rename' || step === 'dirsync' || step === 'reload';
      expect(scene.file).toBe(isNew ? NEW : OLD);
      expect(existsSync(join(dirname(scene.configPath), '.alertagent.rules.yml.lock'))).toBe(true);

      const next = scene.startSidecar();
      const live = await scene.reported('live', revision + 1);
      await next.stop();
      expect(live.drift_repaired).toBe(before.drift_repaired);
      expect(scene.file).toBe(NEW);
      expect((await scene.loadedRules()).length).toBe(40);
      expect(readFileSync(join(dirname(scene.configPath), '.alertagent.rules.yml.last-good'), 'utf8')).toBe(NEW);
    },
  );
});
