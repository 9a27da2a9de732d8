import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { listRollouts, rolloutAdvanced, type RolloutClusterView } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { Fleet } from './fleet';
import type { KnownCluster } from './neighbours';
import { Stand, type DatabaseKind } from './stand';

describe.each<DatabaseKind>(['SQLite', 'MariaDB'])(
  'a config service that is killed during a rollout, on %s',
  (kind) => {
    let stand: Stand;
    let fleet: Fleet;
    let child: ChildProcess | null = null;

    beforeAll(async () => {
      stand = await Stand.start(kind);
      fleet = new Fleet(stand);
    }, 120_000);

    afterAll(async () => {
      child?.kill('SIGKILL');
      await stand?.stop();
    }, 60_000);

    /** The service in a process of its own, over the stand's data. */
    const start = async (): Promise<void> => {
      child = fork(join(__dirname, 'config-process.ts'), [stand.databaseUrl, stand.nats.url], {
        execArgv: [
          '--conditions=@alertagent/source',
          '-r',
          join(__dirname, '../../../libs/service-kit/test/typescript-in-node.cjs'),
        ],
      });
      const ended = once(child, 'exit').then(() => Promise.reject(new Error('it did not start')));
      const [url] = (await Promise.race([once(child, 'message'), ended])) as [string];
      ended.catch(() => undefined);
      stand.elsewhere = url;
      await answered('the service to answer', () => stand.neighbours.rules.request(listRollouts, {}));
    };
    const kill = async (): Promise<void> => {
      const ended = once(child!, 'exit');
      child?.kill('SIGKILL');
      await ended;
    };
    /** The killed one may still be asked; then the answer comes late or not at all. */
    const answered = <T>(what: string, ask: () => Promise<T>): Promise<NonNullable<T>> =>
      pollUntil(ask, { what, timeoutMs: 30_000, intervalMs: 10 });
    const clustersOf = (id: string, isSo: (clusters: RolloutClusterView[]) => boolean) =>
      answered('the clusters to be so', async () => {
        const clusters = await fleet.clusters(id);
        return isSo(clusters) ? clusters : null;
      });

    it('goes on where it was, takes every step once, and ends as if nothing had been', async () => {
      const clusters = await fleet.start(8);
      const [canary, ...others] = clusters as [KnownCluster, ...KnownCluster[]];
      const { id } = await fleet.open(clusters);
      for (const cluster of clusters) await stand.untilRendered('held', () => fleet.edit(cluster, 'up == 1'));
      await stand.service.close();
      await start();

      await fleet.order(id, 'start');
      await kill(); // while it stages
      await start();
      await clustersOf(id, (all) => all.some(({ state }) => state === 'sent'));
      await kill(); // right after the first wave was sent
      await start();
      await fleet.prove(canary);
      await clustersOf(id, (all) => all.filter(({ state }) => state === 'sent').length > 0);
      await kill(); // in the middle of the second wave
      await start();
      await clustersOf(id, (all) => all.filter(({ state }) => state === 'sent').length === others.length);
      for (const cluster of others) await fleet.prove(cluster);
      const done = await answered('the end', async () => {
        const rollout = await fleet.get(id);
        return rollout.state === 'completed' ? rollout : null;
      });

      expect(done.progress.map(({ reached }) => reached)).toEqual([1, others.length]);
      for (const cluster of clusters) {
        const { headers, body } = await stand.fetch(cluster);
        expect([headers.get('x-config-revision'), body.toString().includes('up == 1')]).toEqual(['2', true]);
      }
      const events = await answered('all events', async () => {
        const found = (await stand.neighbours.rules.events(rolloutAdvanced)).filter((event) => event.rollout_id === id);
        return found.length >= 5 ? found : null;
      });
      expect(events.map(({ state, wave }) => `${state} ${wave}`)).toEqual([
        'open 0',
        'staging 0',
        'running 1',
        'running 2',
        'completed 2',
      ]);
    }, 120_000);
  },
);
