import type { FaultRow } from '../../row';
import { SidecarStand } from '../../sidecars/sidecar-stand';

const STEPS = ['open', 'write', 'fsync', 'rename', 'dirsync', 'reload'] as const;

/** The sidecar dies at each step of a change. */
export const sidecarKilled: FaultRow = {
  id: 'F60',
  title:
    'sidecar: kill -9 right after each of open, write, fsync, rename, dirsync and before reload (4 times each unless told by --n)',
  bar: 'old or new file, never mixed, at every instant; the next start finishes the change',
  sabotages: { 'write-in-place': 'a half written file is seen' },
  run: async (context) => {
    const { n: times = 4 } = context.options;
    const scene = await SidecarStand.start(context);
    const watch = scene.watch();
    const problems: string[] = [];
    const settledMs: number[] = [];
    let kills = 0;
    for (let time = 1; time <= times; time += 1) {
      for (const step of context.random.shuffled(STEPS)) {
        await scene.sidecar.stop();
        scene.startSidecar({ ALERTAGENT_FAILPOINT: `${step}:kill` });
        await scene.rule.change((kills += 1));
        const code = await scene.sidecar.ended();
        if (code !== null) problems.push(`the sidecar ended with ${code} instead of dying at ${step}`);
        await scene.published();
        if (!scene.allowed.has(scene.diskHash() ?? ''))
          problems.push(`after a death at ${step} the file is no published one`);
        scene.startSidecar();
        settledMs.push(await scene.settled());
      }
      context.log(`${kills} kills`);
    }
    const judged = await scene.judge(watch);
    return {
      figures: { faults: kills, ...judged.figures, settled_max_ms: Math.round(Math.max(...settledMs)) },
      problems: [...problems.slice(0, 5), ...judged.problems],
    };
  },
};
