import { setTimeout as delay } from 'node:timers/promises';
import { PASS } from '../../injectors/proxy-mode';
import { TcpProxy } from '../../injectors/tcp-proxy';
import { checkInvariants } from '../../invariants';
import { atMost, msUntilReady, onlyAnswers } from '../../measure';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { senderTo } from '../../sender-to';
import { msUntilDrained } from './drained';

/** NATS is not there when the services start. */
export const natsAbsentAtBoot: FaultRow = {
  id: 'F29',
  title: 'NATS: down at boot',
  bar: 'webhooks 2xx without it; drained and all services ready within 10 s of its start; 0/0/0',
  run: async (context) => {
    let proxy: TcpProxy | undefined;
    const stand = await context.stand({
      services: ['rules'],
      waitUntilReady: false,
      between: async (server, port) => {
        if (server !== 'nats') return port;
        proxy = await TcpProxy.start({ target: port });
        await proxy.set({ kind: 'refuse' });
        return proxy.port;
      },
    });
    context.later(() => proxy?.close());
    await stand.gateway.whenReady();
    await stand.registerCluster();
    stand.health.start();
    const sender = senderTo(stand, context, 'absent');
    await sender.send(context.options.alerts ?? 1_000);
    const [rules] = stand.others;
    const rulesReadyWithout = await rules?.ready();
    await proxy?.set(PASS);
    const began = performance.now();
    const drainedMs = await msUntilDrained(stand, 30_000);
    const rulesMs = rules ? await msUntilReady(rules, true, 30_000) : 0;
    const readyMs = Math.round(performance.now() - began);
    const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
    return {
      figures: { ...figures, drained_ms: drainedMs, others_ready_ms: rulesMs },
      problems: [
        ...problems,
        ...onlyAnswers(sender, ['202']),
        ...(rulesReadyWithout === false
          ? []
          : [`a service that needs NATS said ready ${rulesReadyWithout} without it`]),
        ...atMost('ms until all was well', readyMs, 10_000),
      ],
    };
  },
};

/** The network between the services and NATS swallows everything. */
export const natsPartitioned: FaultRow = {
  id: 'F40',
  title: 'NATS: partition (20 s unless told by --seconds; 60 is full size)',
  bar: 'webhooks 2xx all the time, drained within 30 s; 0/0/0',
  run: partitioned,
};

async function partitioned(context: RowContext): Promise<RowResult> {
  const { seconds = 20 } = context.options;
  let proxy: TcpProxy | undefined;
  const stand = await context.stand({
    between: async (server, port) => {
      if (server !== 'nats') return port;
      proxy = await TcpProxy.start({ target: port });
      return proxy.port;
    },
  });
  context.later(() => proxy?.close());
  const sender = senderTo(stand, context, 'partition');
  const load = sender.sendByClock(20, seconds + 2);
  await delay(1_000);
  await proxy?.set({ kind: 'blackhole' });
  await delay(seconds * 1_000);
  await proxy?.set(PASS);
  const drainedMs = await msUntilDrained(stand, 60_000);
  await load;
  await msUntilDrained(stand, 60_000);
  const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
  return {
    figures: { ...figures, partition_s: seconds, drained_ms: drainedMs },
    problems: [...problems, ...onlyAnswers(sender, ['202']), ...atMost('ms until drained', drainedMs, 30_000)],
  };
}
