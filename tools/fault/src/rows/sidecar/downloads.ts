import { setTimeout as delay } from 'node:timers/promises';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { badAnswers, cutAnywhere, sliced } from '../../sidecars/bad-answers';
import { sceneBehindProxy } from '../../sidecars/scene-behind-proxy';
import type { GoodAnswer, Tamper } from '../../sidecars/tampering-proxy';

/** A sidecar that is refused something tries again within its interval: many faults in little time. */
const FAST = { SYNC_INTERVAL: '200ms' };
/** Bad downloads between two good ones. */
const IN_A_ROW = 10;
/** Shorter than the shortest pause after a refused download, in milliseconds. */
const BEFORE_NEXT_MS = 60;

/** AlertAgent breaks off in the middle of a download, or dies. */
export const serverKilledDuringPull: FaultRow = {
  id: 'F58',
  title:
    'sidecar: downloads cut at a random byte (60 unless told by --n), gateway or config service killed -9 after every tenth',
  bar: '0 bad instants; after each kill disk = loaded = reported',
  run: async (context) => {
    const { n: faults = 60 } = context.options;
    const { scene, proxy } = await sceneBehindProxy(context, FAST);
    const watch = scene.watch();
    const settledMs: number[] = [];
    let kills = 0;
    while (proxy.spoiled < faults) {
      const cuts = Array.from({ length: Math.min(IN_A_ROW, faults - proxy.spoiled) }, () =>
        cutAnywhere(context.random),
      );
      const spoiled = proxy.spoil(cuts);
      await scene.rule.change(1 + proxy.spoiled);
      await spoiled;
      await scene.settled();
      await scene.rule.change(1 + faults + proxy.spoiled);
      await delay(context.random.between(0, 60));
      const victim = context.random.pick([
        scene.stand.gateway,
        ...scene.stand.others.filter(({ name }) => name === 'config-1'),
      ]);
      victim.kill('SIGKILL');
      kills += 1;
      await victim.whenReady();
      settledMs.push(await scene.settled(60_000));
      context.log(`${proxy.spoiled} of ${faults} downloads cut, ${kills} kills`);
    }
    const { figures, problems } = await scene.judge(watch);
    return {
      figures: {
        faults: proxy.spoiled + kills,
        kills,
        ...figures,
        settled_after_kill_max_ms: Math.round(Math.max(...settledMs)),
      },
      problems,
    };
  },
};

/** What comes is complete, and wrong. */
export const badDownloads: FaultRow = {
  id: 'F59',
  title:
    'sidecar: truncated, empty, altered, replayed, foreign and HTML answers with status 200 (48 unless told by --n)',
  bar: '0 of them applied, 0 bad instants; the good answer that follows is applied, also in slices',
  sabotages: {
    'trust-download': 'altered files are applied',
    'trust-signature': 'files that somebody else signed are applied',
  },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const { n: faults = 48 } = context.options;
  const { random } = context;
  const { scene, proxy } = await sceneBehindProxy(context, FAST);
  const watch = scene.watch();
  let first: GoodAnswer | null = null;
  const kinds = badAnswers(random, () => {
    if (!first) throw new Error('no good answer was seen yet');
    return first;
  });
  const learn: Tamper = (good) => {
    first = good;
    return sliced(good);
  };
  const learned = proxy.spoil([learn]);
  await scene.rule.change(1);
  await learned;
  await scene.settled();
  const problems: string[] = [];
  let [bad, names] = [0, [] as string[]];
  while (bad < faults) {
    const batch: string[] = [];
    while (batch.length < Math.min(IN_A_ROW, faults - bad)) {
      if (names.length === 0) names = random.shuffled(Object.keys(kinds));
      batch.push(names.pop() ?? '');
    }
    const before = scene.diskHash();
    const spoiled = proxy.spoil(batch.flatMap((name) => kinds[name] ?? []));
    await scene.rule.change(2 + bad);
    await spoiled;
    await delay(BEFORE_NEXT_MS);
    if (scene.diskHash() !== before) problems.push(`one of these was applied: ${batch.join(', ')}`);
    bad += batch.length;
    const whole = proxy.spoil([sliced]);
    await whole;
    await scene.settled();
    context.log(`${bad} of ${faults} bad answers`);
  }
  const judged = await scene.judge(watch);
  return {
    figures: { faults: bad, kinds: Object.keys(kinds).length, ...judged.figures },
    problems: [...problems, ...judged.problems],
  };
}
