import { appendFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { pollUntil } from '@alertagent/local-stack';
import { demandRoot } from '../../injectors/system-command';
import { atMost } from '../../measure';
import type { FaultRow } from '../../row';
import { sceneBehindProxy } from '../../sidecars/scene-behind-proxy';
import { INTERVAL_MS, SidecarStand } from '../../sidecars/sidecar-stand';

/** The exit code for a file that another sidecar keeps. */
const LOCK_HELD = 75;
/** Runs the rest of a command under another host name. */
const ELSEWHERE = [
  '/usr/bin/unshare',
  '--uts',
  '/bin/sh',
  '-c',
  'echo elsewhere >/proc/sys/kernel/hostname && exec "$@"',
  'sh',
];
/** Hand edits further apart than this are not taken for another manager, in milliseconds. */
const BETWEEN_EDITS_MS = 4 * INTERVAL_MS;

/** Two sidecars are started for one volume. */
export const twoSidecars: FaultRow = {
  id: 'F69',
  title:
    'sidecar: a second one for the same file, on this host, under another host name, and after the first was killed (2 rounds unless told by --n)',
  bar: 'one writer: the second ends with 75 and names the first; after a kill the next one takes over at once',
  sabotages: { 'no-lock': 'there are two writers' },
  run: async (context) => {
    demandRoot('Another host name');
    const { n: rounds = 2 } = context.options;
    const scene = await SidecarStand.start(context);
    const watch = scene.watch();
    const problems: string[] = [];
    let refused = 0;
    for (let round = 1; round <= rounds; round += 1) {
      for (const wrap of [undefined, ELSEWHERE]) {
        const second = scene.anotherSidecar({}, wrap);
        context.later(() => second.stop());
        const code = await second.ended(10_000).catch(() => -1);
        if (code !== LOCK_HELD) problems.push(`the second sidecar ${code === -1 ? 'goes on' : `ended with ${code}`}`);
        else if (!/another sidecar \(process \d+ on [^)]+\) already keeps this file/.test(second.log()))
          problems.push('the second one does not say who keeps the file');
        else refused += 1;
        await second.stop();
      }
      scene.sidecar.kill('SIGKILL');
      await scene.sidecar.ended();
      scene.startSidecar();
      await scene.rule.change(round);
      await scene.settled();
    }
    const judged = await scene.judge(watch);
    return { figures: { refused, takeovers: rounds, ...judged.figures }, problems: [...problems, ...judged.problems] };
  },
};

/** Somebody edits the file on the host. */
export const handEdited: FaultRow = {
  id: 'F70',
  title:
    'sidecar: the file edited, emptied, cut and deleted by hand (8 times unless told by --n), also while AlertAgent is away',
  bar: 'seen and repaired within 2 intervals, and reported',
  sabotages: { 'no-repair': 'the edit stays' },
  run: async (context) => {
    const { n: edits = 8 } = context.options;
    const { scene, proxy } = await sceneBehindProxy(context);
    const problems: string[] = [];
    const repairedMs: number[] = [];
    const damages: Record<string, (path: string) => void> = {
      edited: (path) => appendFileSync(path, '# by hand\n'),
      emptied: (path) => writeFileSync(path, ''),
      cut: (path) => truncateSync(path, 100),
      deleted: (path) => rmSync(path),
    };
    const names = Object.keys(damages);
    for (let edit = 0; edit < edits; edit += 1) {
      const name = names[edit % names.length] ?? '';
      const isAway = edit % (2 * names.length) >= names.length;
      if (isAway) scene.stand.gateway.kill('SIGSTOP');
      const wanted = scene.diskHash();
      const began = performance.now();
      damages[name]?.(scene.file);
      await pollUntil(() => scene.diskHash() === wanted, {
        what: 'the repair',
        timeoutMs: 10_000,
        intervalMs: 5,
      }).catch(() => problems.push(`${name} by hand: not repaired in 10 s`));
      repairedMs.push(performance.now() - began);
      scene.stand.gateway.kill('SIGCONT');
      if (problems.length > 2) break;
      await scene.settled();
      await delay(BETWEEN_EDITS_MS);
    }
    const seen = scene.sidecar
      .log()
      .split('\n')
      .filter((line) => line.includes('the file was changed by somebody else')).length;
    const reported = proxy.driftReported;
    const worst = Math.max(...repairedMs);
    return {
      figures: { edits: repairedMs.length, repaired_max_ms: Math.round(worst), seen, reported },
      problems: [
        ...problems,
        ...atMost('ms until repaired', worst, 2 * INTERVAL_MS),
        ...(reported >= repairedMs.length ? [] : [`${reported} repairs were reported, not ${repairedMs.length}`]),
      ],
    };
  },
};
