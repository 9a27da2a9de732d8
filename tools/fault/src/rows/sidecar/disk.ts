import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pollUntil } from '@alertagent/local-stack';
import { SmallDisk } from '../../injectors/full-disk';
import { CrashDisk } from '../../injectors/power-cut';
import { atMost } from '../../measure';
import type { FaultRow } from '../../row';
import { INTERVAL_MS, SidecarStand } from '../../sidecars/sidecar-stand';

/** How often the file system of the power cuts writes its journal, in seconds: what is not synced is lost sooner. */
const JOURNAL_SECONDS = 1;

/** The machine of the sidecar loses its power. */
export const sidecarPowerCut: FaultRow = {
  id: 'F61',
  title: 'sidecar: power cut around the write of a first and of a later file (4 unless told by --cuts)',
  bar: 'no file, the old or the new one, never 0 bytes or half of one; the next start finishes the change',
  sabotages: { 'no-fsync': 'an empty file is left' },
  run: async (context) => {
    const { cuts = 4 } = context.options;
    const disk = await CrashDisk.create({ sizeMb: 64, commitSeconds: JOURNAL_SECONDS });
    context.later(() => disk.close());
    const scene = await SidecarStand.start(context);
    await scene.sidecar.stop();
    const problems: string[] = [];
    let [withoutFile, settled] = [0, 0];
    for (let cut = 1; cut <= cuts; cut += 1) {
      // A folder of its own makes it a first file; the next cut in the same folder finds a later one.
      const folder = join(disk.mountPoint, `volume-${Math.ceil(cut / 2)}`);
      mkdirSync(folder, { recursive: true });
      const path = join(folder, 'alertagent.rules.yml');
      const sidecar = scene.anotherSidecar(at(path));
      if (cut % 2 === 0) await pollUntil(() => scene.diskHash(path) !== null, { what: 'the earlier file' });
      const { revision: before } = await scene.published();
      await scene.rule.change(cut);
      // The revision before it is a published file too, and may be there already.
      const isNewThere = async (): Promise<boolean> => {
        const { revision, hash } = await scene.published();
        return revision > before && scene.diskHash(path) === hash;
      };
      await pollUntil(isNewThere, { what: 'the new file', intervalMs: 2 });
      // Up to two journals later: what was renamed and not synced is then a name without content.
      await delay(context.random.between(0, JOURNAL_SECONDS * 2_000));
      await disk.cut([sidecar.pid]);
      await sidecar.ended();
      const hash = scene.diskHash(path);
      await scene.published();
      if (hash === null) withoutFile += 1;
      else if (!scene.allowed.has(hash))
        problems.push(`after cut ${cut} the file is no published one: ${contentOf(path)}`);
      mkdirSync(folder, { recursive: true });
      const next = scene.anotherSidecar(at(path));
      await pollUntil(async () => scene.diskHash(path) === (await scene.published()).hash, {
        what: 'the file after the cut',
      }).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${next.log()}`, { cause: error });
      });
      settled += 1;
      await next.stop();
      context.log(`${cut} of ${cuts} power cuts`);
    }
    return { figures: { faults: cuts, without_a_file: withoutFile, finished: settled }, problems };
  },
};

function contentOf(path: string): string {
  const bytes = readFileSync(path);
  return `${bytes.length} bytes, ${JSON.stringify(bytes.toString('latin1').slice(0, 60))}`;
}

/** No Prometheus reads this file: only the file counts here. */
const at = (path: string): NodeJS.ProcessEnv => ({ CONFIG_PATH: path, RELOAD_URL: 'http://127.0.0.1:9/-/reload' });

/** The volume with the file is full. */
export const sidecarDiskFull: FaultRow = {
  id: 'F62',
  title: 'sidecar: the volume is full (4 times unless told by --n)',
  bar: 'the old file stays whole, the error is reported; once there is space the change is applied within an interval + 2 s',
  sabotages: { 'write-in-place': 'the old file is gone' },
  run: async (context) => {
    const { n: times = 4 } = context.options;
    const disk = await SmallDisk.create({ sizeMb: 1 });
    context.later(() => disk.close());
    const scene = await SidecarStand.start(context, { folder: disk.mountPoint });
    const watch = scene.watch();
    const problems: string[] = [];
    const recoveredMs: number[] = [];
    for (let time = 1; time <= times; time += 1) {
      await disk.fill(context.random.pick([0, 4_096, 8_192]));
      const before = scene.diskHash();
      await scene.rule.change(time);
      // Between two attempts it is failed; during one it is not.
      const failed = async (): Promise<string | null> => {
        const { status, reason } = await scene.status();
        return status === 'failed' ? reason : null;
      };
      const reason = await pollUntil(failed, { what: 'the error to be reported' });
      if (!/could not be written/.test(reason))
        problems.push(`the reason does not say that it could not be written: ${reason}`);
      if (scene.diskHash() !== before) problems.push('the old file is not what it was');
      await disk.release();
      const began = performance.now();
      const { hash } = await scene.published();
      await pollUntil(() => scene.diskHash() === hash, { what: 'the change on disk', intervalMs: 5 });
      recoveredMs.push(performance.now() - began);
      await scene.settled();
      context.log(`${time} of ${times} times full`);
    }
    const worst = Math.max(...recoveredMs);
    const judged = await scene.judge(watch);
    return {
      figures: { faults: times, ...judged.figures, recovered_max_ms: Math.round(worst) },
      problems: [...problems, ...judged.problems, ...atMost('ms until applied', worst, INTERVAL_MS + 2_000)],
    };
  },
};
