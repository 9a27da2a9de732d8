import { setTimeout as delay } from 'node:timers/promises';
import { pollUntil } from '@alertagent/local-stack';
import { atMost, msUntilReady } from '../../measure';
import { percentile } from '../../percentile';
import type { FaultRow, RowContext } from '../../row';
import { senderTo } from '../../sender-to';
import { INTERVAL_MS, SidecarStand } from '../../sidecars/sidecar-stand';
import { LONGEST_PAUSE_MS, SimulatedSidecar } from '../../sidecars/simulated-sidecar';
import type { Stand } from '../../stand';

const PER_CLUSTER = 5;
const PULL_P99_MS = 1_000;
const WEBHOOK_P99_MS = 500;
/** How many of the herd register at a time. */
const AT_ONCE = 10;

/** All sidecars come back at the same time. */
export const herd: FaultRow = {
  id: 'F66',
  title:
    'sidecar: gateway and config service killed -9 and back, with a herd of sidecars waiting (100 unless told by --sidecars; 500 is full size)',
  bar: 'p99 of their requests <= 1 s beyond the time they are held; >= 99 % 304; webhooks meanwhile: p99 <= 500 ms',
  run: async (context) => {
    const { sidecars: count = 100, seconds = 20 } = context.options;
    const stand = await context.stand({ services: ['rules', 'clusters', 'config'] });
    const clusters = await registerClusters(stand, Math.ceil(count / PER_CLUSTER));
    const port = Number(new URL(stand.gateway.url).port);
    const all = Array.from({ length: count }, (_, index) => {
      const cluster = clusters[index % clusters.length];
      if (!cluster) throw new Error('no cluster');
      return new SimulatedSidecar(port, cluster, () => context.random.next());
    });
    const stop = new AbortController();
    const running = all.map((sidecar) => sidecar.run(stop.signal));
    context.later(async () => {
      stop.abort();
      await Promise.all(running);
    });
    await pollUntil(() => all.every(({ isServed }) => isServed), {
      what: 'everyone to have the file',
      timeoutMs: 120_000,
    });
    context.log(`${count} sidecars wait`);
    const victims = [stand.gateway, ...stand.others.filter(({ name }) => name === 'config-1')];
    for (const victim of victims) victim.kill('SIGKILL');
    await pollUntil(() => victims.every(({ isRunning }) => !isRunning), { what: 'both to be dead' });
    await Promise.all(victims.map((victim) => victim.whenReady()));
    const back = performance.now();
    const sender = senderTo(stand, context, 'herd');
    await sender.sendByClock(20, seconds);
    const isBack = (sidecar: SimulatedSidecar): boolean => sidecar.pulls.some(({ startedAt }) => startedAt >= back);
    await pollUntil(() => all.every(isBack), { what: 'all to be back', timeoutMs: LONGEST_PAUSE_MS }).catch(
      () => undefined,
    );
    const pulls = all.flatMap((sidecar) => sidecar.pulls.filter(({ startedAt }) => startedAt >= back));
    const late = pulls.map(({ lateMs }) => lateMs);
    const share304 = pulls.filter(({ status }) => status === 304).length / Math.max(1, pulls.length);
    const [pullP99, webhookP99] = [percentile(late, 0.99), percentile(sender.acceptedMs, 0.99)];
    const silent = all.filter((sidecar) => !isBack(sidecar)).length;
    return {
      figures: {
        sidecars: count,
        clusters: clusters.length,
        pulls: pulls.length,
        pull_late_p50_ms: Math.round(percentile(late, 0.5)),
        pull_late_p99_ms: Math.round(pullP99),
        share_304: Math.round(share304 * 10_000) / 10_000,
        webhook_p99_ms: Math.round(webhookP99),
        webhooks: sender.acceptedMs.length,
        errors_while_away: all.reduce((sum, { errors }) => sum + errors, 0),
        not_back: silent,
      },
      problems: [
        ...atMost('ms late p99 of pulls', pullP99, PULL_P99_MS),
        ...atMost('ms p99 of webhooks', webhookP99, WEBHOOK_P99_MS),
        ...(share304 >= 0.99 ? [] : [`${Math.round(share304 * 1_000) / 10} % were answered 304`]),
        ...atMost('sidecars that did not come back', silent, 0),
      ],
    };
  },
};

/** The database is frozen while sidecars ask. */
export const servedWithoutDatabase: FaultRow = {
  id: 'F67',
  title: 'sidecar: the database frozen (SIGSTOP, 20 s unless told by --seconds; 300 is full size)',
  bar: 'the last revision goes on being served, 200 and 304, with Age; config says not ready; 0 bad instants; afterwards a change is applied',
  sabotages: { 'no-serving-from-memory': 'nothing is served' },
  run: async (context) => {
    const { seconds = 20 } = context.options;
    const scene = await SidecarStand.start(context);
    const watch = scene.watch();
    const { mariadb, others } = scene.stand;
    const config = others.find(({ name }) => name === 'config-1');
    if (!mariadb || !config) throw new Error('this row needs MariaDB and config');
    const etag = (await scene.download(null))?.headers.get('etag') ?? null;
    mariadb.kill('SIGSTOP');
    const answers = await ask(scene, etag, seconds, context);
    const notReadyMs = await msUntilReady(config, false, 5_000);
    mariadb.kill('SIGCONT');
    await scene.rule.change(1);
    const settledMs = await scene.settled(60_000);
    const judged = await scene.judge(watch);
    const { statuses, withAge, ms } = answers;
    const others304 = Object.keys(statuses).filter((status) => status !== '200' && status !== '304');
    return {
      figures: {
        seconds,
        answers: JSON.stringify(statuses),
        with_age: withAge,
        answer_p99_ms: Math.round(percentile(ms, 0.99)),
        settled_ms: Math.round(settledMs),
        ...judged.figures,
      },
      problems: [
        ...judged.problems,
        ...others304.map((status) => `${statuses[status]} answers were ${status}`),
        ...(withAge > 0 ? [] : ['no answer said how old it is']),
        ...atMost('ms until config is not ready', notReadyMs, 4_000),
      ],
    };
  },
};

async function ask(
  scene: SidecarStand,
  etag: string | null,
  seconds: number,
  context: RowContext,
): Promise<{ statuses: Record<string, number>; withAge: number; ms: number[] }> {
  const until = performance.now() + seconds * 1_000;
  const statuses: Record<string, number> = {};
  const ms: number[] = [];
  let withAge = 0;
  while (performance.now() < until) {
    const began = performance.now();
    const answer = await scene.download(context.random.chance(0.5) ? etag : null);
    ms.push(performance.now() - began);
    const status = String(answer?.status ?? 'none');
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (answer?.headers.has('age')) withAge += 1;
    await answer?.arrayBuffer();
    await delay(INTERVAL_MS / 2);
  }
  return { statuses, withAge, ms };
}

async function registerClusters(stand: Stand, count: number): Promise<{ id: string; syncToken: string }[]> {
  const clusters: { id: string; syncToken: string }[] = [];
  while (clusters.length < count) {
    const wave = Array.from({ length: Math.min(AT_ONCE, count - clusters.length) }, (_, index) =>
      stand.call<{ id: string; tokens: { sync: string } }>('POST', '/clusters', {
        name: `herd-${clusters.length + index}`,
      }),
    );
    for (const { status, body } of await Promise.all(wave)) {
      if (status !== 201) throw new Error(`a cluster was not registered: ${status} ${JSON.stringify(body)}`);
      clusters.push({ id: body.id, syncToken: body.tokens.sync });
    }
  }
  const created = await stand.call('POST', '/rules', {
    name: 'OfTheHerd',
    expression: 'vector(0) > 1',
    severity: 'warning',
    targets: clusters.map(({ id }) => id),
  });
  if (created.status !== 201) throw new Error(`the rule was not created: ${JSON.stringify(created)}`);
  return clusters;
}
