import { setTimeout as delay } from 'node:timers/promises';
import { ensureBinaries, pollUntil } from '@alertagent/local-stack';
import { atMost } from '../../measure';
import type { FaultRow } from '../../row';
import { shownRules } from '../../sidecars/changed-rule';
import { INTERVAL_MS, SidecarStand } from '../../sidecars/sidecar-stand';
import type { SupervisedService } from '../../supervised-service';

const BUG = 'lost-brackets';
/** A refused change is told soon: a render and promtool, on a busy machine. */
const TOLD_MS = 15_000;
/** The mended service is ready; its render, the pull, the reload and an evaluation follow. */
const LIVE_MS = 2 * INTERVAL_MS + 10_000;

/** A bug of ours makes every rule file invalid. */
export const invalidRender: FaultRow = {
  id: 'F64',
  title:
    'server: a release of the config service that writes invalid rules (bug injected), while a rule is changed; then one without the bug (3 times unless told by --n)',
  bar:
    'promtool stops each file: nothing is published, the status is failed with the reason, the last good file stays served, on disk and loaded; ' +
    'without the bug the change gets live, without anybody touching the rule again',
  sabotages: {
    'no-gate': 'an invalid file is published',
    'no-second-try': 'the change stays failed when the bug is gone',
  },
  run: async (context) => {
    const { n: times = 3 } = context.options;
    const { promtool } = await ensureBinaries(['promtool']);
    let isBuggy = false;
    const scene = await SidecarStand.start(context, {
      stand: {
        env: { ALERTAGENT_PROMTOOL_BIN: promtool },
        bugs: (service) => (service === 'config' && isBuggy ? [BUG] : []),
      },
    });
    const config = scene.stand.others.find(({ name }) => name === 'config-1');
    if (!config) throw new Error('this row needs config');
    // The first rules may be live while a later good revision is still on its way: that is no effect of the bug.
    await pollUntil(async () => (await scene.published()).rules === scene.rule.others.length + 1, {
      what: 'every rule to be published',
      timeoutMs: 60_000,
    });
    await scene.settled(60_000);
    const watch = scene.watch();
    const problems: string[] = [];
    const [toldMs, liveMs]: [number[], number[]] = [[], []];
    let reason = '';
    for (let time = 1; time <= times; time += 1) {
      isBuggy = true;
      await replace(config);
      const before = await standing(scene);
      const began = performance.now();
      await scene.rule.change(time);
      const told = await failure(scene);
      toldMs.push(performance.now() - began);
      reason = told.reason;
      problems.push(...told.problems);
      await delay(context.random.between(2, 6) * INTERVAL_MS);
      problems.push(...differences(before, await standing(scene)));
      isBuggy = false;
      await replace(config);
      const settled = await scene.settled(LIVE_MS + 20_000).catch(String);
      if (typeof settled === 'string') {
        problems.push(`without the bug: ${settled.slice(0, 300)}`);
        break;
      }
      liveMs.push(settled);
      context.log(`${time} of ${times}: ${reason.slice(0, 80)}`);
    }
    const judged = await scene.judge(watch);
    return {
      figures: {
        changes: times,
        reason: reason.slice(0, 160),
        told_max_ms: Math.round(Math.max(...toldMs)),
        live_max_ms: Math.round(Math.max(0, ...liveMs)),
        ...judged.figures,
      },
      problems: [
        ...problems.slice(0, 8),
        ...judged.problems,
        ...atMost('ms until a change is live without the bug', Math.max(0, ...liveMs), LIVE_MS),
      ],
    };
  },
};

/** Another release takes the place of the running one. */
async function replace(config: SupervisedService): Promise<void> {
  const lives = config.lives.length;
  await config.end('SIGTERM');
  await pollUntil(() => config.lives.length > lives, { what: 'the next life of config' });
  await config.whenReady();
}

/** Waits until the changed version is said to have failed, with the words of promtool. */
async function failure(scene: SidecarStand): Promise<{ reason: string; problems: string[] }> {
  let seen = await scene.status();
  const isTold = async (): Promise<boolean> => {
    seen = await scene.status();
    return seen.version === scene.rule.version && seen.status === 'failed';
  };
  const problems = await pollUntil(isTold, { what: 'the status failed', timeoutMs: TOLD_MS }).then(
    () => [],
    () => [`the status is ${seen.status} of version ${seen.version}, not failed of ${scene.rule.version}`],
  );
  const reason = seen.reason ?? '';
  if (/promtool refuses the file: .*parse error/.test(reason)) return { reason, problems };
  return { reason, problems: [...problems, `the reason is not promtool's: ${reason || 'there is none'}`] };
}

/** What stays as it is while nothing can be published. */
async function standing(scene: SidecarStand): Promise<Record<string, string>> {
  const served = await scene.download(null);
  await served?.arrayBuffer();
  const loaded = await shownRules(scene.prometheus.url, scene.file);
  return {
    'the newest published revision': String((await scene.published()).revision),
    'what is served': served?.headers.get('etag') ?? `answer ${served?.status ?? 'none'}`,
    'the file': scene.diskHash() ?? 'none',
    'what Prometheus has loaded': loaded.map(({ name, version }) => `${name} ${version}`).join(),
  };
}

function differences(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(before)
    .filter((what) => before[what] !== after[what])
    .map((what) => `${what} has changed: ${before[what]?.slice(0, 60)}, then ${after[what]?.slice(0, 60)}`);
}
