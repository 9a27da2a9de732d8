import { setTimeout as delay } from 'node:timers/promises';
import { pollUntil } from '@alertagent/local-stack';
import type { FaultRow } from '../../row';
import { OrphanedCluster } from '../../sidecars/orphaned-cluster';
import { INTERVAL_MS } from '../../sidecars/sidecar-stand';

const LOOKS = 6;
const RESTORED_MS = 30_000;

/** How the targets end, and what happens to their files meanwhile. */
const WAYS = [
  { name: 'killed', signal: 'SIGKILL', loses: false },
  { name: 'stopped', signal: 'SIGTERM', loses: false },
  { name: 'files lost', signal: 'SIGKILL', loses: true },
] as const;

/** AlertAgent is gone, and the monitoring restarts without it. */
export const centreDead: FaultRow = {
  id: 'D02',
  title:
    'fleet: every service, MariaDB and NATS killed -9 for good; then Prometheus, Alertmanager and both sidecars are killed, stopped, and ' +
    'killed with their files deleted, and started again (3 times unless told by --n)',
  bar:
    'the rules of /api/v1/rules, the configuration of the Alertmanager and both files have the same hashes as before, at every look; deleted files are ' +
    'put back from the last good copy; each time a new test alert goes from Prometheus through the served routes to a plain webhook',
  sabotages: {
    'always-minimal': 'a restarted sidecar replaces the routes, nobody is paged',
    'no-repair': 'deleted files stay away',
  },
  run: async (context) => {
    const { n: times = WAYS.length } = context.options;
    const scene = await OrphanedCluster.start(context);
    const before = await scene.standing();
    const problems: string[] = [];
    const pagedMs: number[] = [];
    let looks = 0;
    await scene.killCentre();
    for (let time = 1; time <= times; time += 1) {
      const { name, signal, loses } = WAYS[(time - 1) % WAYS.length] ?? WAYS[0];
      await scene.endTargets(signal);
      if (loses) scene.loseFiles();
      await scene.startTargets();
      const different = async (): Promise<string[]> => differences(before, await scene.standing());
      // A lost file is back after the first look of its sidecar; what was never lost is there from the start.
      if (loses)
        await pollUntil(async () => (await different()).length === 0, {
          what: 'the files to be put back and loaded',
          timeoutMs: RESTORED_MS,
        }).catch(() => undefined);
      problems.push(...(await different()).map((what) => `${name}: ${what}`));
      await pollUntil(() => scene.noticed(), { what: 'the sidecars to miss the centre', timeoutMs: 30_000 });
      for (let look = 0; look < LOOKS; look += 1) {
        await delay(INTERVAL_MS / 2);
        problems.push(...(await different()).map((what) => `${name}, later: ${what}`));
        looks += 1;
      }
      await scene.page(time).then(
        (ms) => pagedMs.push(ms),
        () => problems.push(`${name}: the test alert did not reach the webhook`),
      );
      context.log(`${time} of ${times}: ${name}, ${problems.length} problems`);
    }
    return {
      figures: {
        restarts: times,
        rules: before['rules that Prometheus shows'] ?? '',
        rules_hash: (before['the hash of what Prometheus shows'] ?? '').slice(0, 16),
        looks_after: looks,
        pages: pagedMs.length,
        paged_max_ms: Math.round(Math.max(0, ...pagedMs)),
      },
      problems: [...new Set(problems)].slice(0, 8),
    };
  },
};

function differences(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(before)
    .filter((what) => before[what] !== after[what])
    .map((what) => `${what} differs: ${before[what]?.slice(0, 16)}, then ${after[what]?.slice(0, 16)}`);
}
