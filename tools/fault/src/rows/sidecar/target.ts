import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { atMost } from '../../measure';
import type { FaultRow } from '../../row';
import { ReloadProxy } from '../../sidecars/reload-proxy';
import { INTERVAL_MS, SidecarStand } from '../../sidecars/sidecar-stand';

/** Two intervals, the attempt that was under way and the next one (2 s each at most), an evaluation (1 s), and a busy machine. */
const SETTLED_MS = 2 * INTERVAL_MS + 6_000;

/** What can be wrong with a Prometheus, by name: each begins, lasts, and is lifted. */
interface TargetFault {
  begin(): Promise<unknown> | void;
  lift(): Promise<unknown> | void;
}

/** The target is down, hangs, refuses, restarts, or lies. */
export const targetFaults: FaultRow = {
  id: 'F63',
  title:
    'sidecar: Prometheus killed, restarted in between, frozen beyond the reload timeout, refusing (somebody’s broken file beside ours), ' +
    'answering 200 without loading (2 times each unless told by --n)',
  bar:
    'while it lasts the status never says live; two intervals later (and the time of two reloads and an evaluation) ' +
    'disk = loaded = reported; 0 bad instants',
  sabotages: { 'trust-reload': 'a rule that Prometheus lacks is called live' },
  run: async (context) => {
    const { n: times = 2 } = context.options;
    let proxy: ReloadProxy | undefined;
    const scene = await SidecarStand.start(context, {
      between: async (server, port) => {
        if (server !== 'prometheus') return port;
        const started = await ReloadProxy.start(port);
        context.later(() => started.close());
        proxy = started;
        return started.port;
      },
    });
    if (!proxy) throw new Error('the proxy was not started');
    const faults = targetFaultsOf(scene, proxy);
    const watch = scene.watch();
    const problems: string[] = [];
    const settledMs: Record<string, number> = {};
    let count = 0;
    for (let time = 1; time <= times; time += 1) {
      for (const [name, fault] of context.random.shuffled(Object.entries(faults))) {
        await fault.begin();
        await scene.rule.change((count += 1));
        problems.push(...(await saidLive(scene, context.random.between(800, 3_500))).map((lie) => `${name}: ${lie}`));
        await fault.lift();
        settledMs[name] = Math.max(settledMs[name] ?? 0, Math.round(await scene.settled(60_000)));
        context.log(`${name}, settled ${settledMs[name]} ms later`);
      }
    }
    const judged = await scene.judge(watch);
    const figures = Object.fromEntries(Object.entries(settledMs).map(([name, ms]) => [`${name}_settled_max_ms`, ms]));
    return {
      figures: { faults: count, ...judged.figures, ...figures },
      problems: [
        ...problems.slice(0, 5),
        ...judged.problems,
        ...Object.entries(settledMs).flatMap(([name, ms]) => atMost(`ms after ${name}`, ms, SETTLED_MS)),
      ],
    };
  },
};

function targetFaultsOf(scene: SidecarStand, proxy: ReloadProxy): Record<string, TargetFault> {
  const { prometheus } = scene;
  const broken = join(dirname(scene.file), 'zz-of-somebody-else.yml');
  const kill = async (): Promise<void> => {
    prometheus.kill('SIGKILL');
    await prometheus.exited;
  };
  return {
    killed: { begin: kill, lift: () => prometheus.restart() },
    frozen: { begin: () => prometheus.kill('SIGSTOP'), lift: () => prometheus.kill('SIGCONT') },
    refusing: {
      begin: () => writeFileSync(broken, 'groups: [{ name: broken, rules: [{ alert: Broken, expr: "(" }] }]\n'),
      lift: () => rmSync(broken),
    },
    lying: { begin: () => void (proxy.swallows = true), lift: () => void (proxy.swallows = false) },
    'killed and lying': {
      begin: async () => {
        proxy.swallows = true;
        // Its restart reads what is on disk now, not what comes next.
        await kill();
        await prometheus.restart();
      },
      lift: () => void (proxy.swallows = false),
    },
  };
}

/** For a while: each time the status claims the newest version although Prometheus cannot have loaded it. */
async function saidLive(scene: SidecarStand, forMs: number): Promise<string[]> {
  const until = performance.now() + forMs;
  while (performance.now() < until) {
    const { status, version } = await scene.status();
    if (version === scene.rule.version && (status === 'live' || status === 'loaded'))
      return [`the status is ${status} of version ${version}, which Prometheus has not loaded`];
    await delay(50);
  }
  return [];
}
