import { TcpProxy } from '../../injectors/tcp-proxy';
import { checkInvariants } from '../../invariants';
import { onlyAnswers } from '../../measure';
import { percentile } from '../../percentile';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { Sender } from '../../sender';
import { join } from 'node:path';

const PER_SECOND = 20;

/** The database is far away. */
export const databaseSlow: FaultRow = {
  id: 'F20',
  title: 'database: 200 ms +- 100 ms of latency on every answer',
  bar: '0 errors at 20 alerts/s; 0/0/0',
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const { options, random, directory } = context;
  const { seconds = 15 } = options;
  let proxy: TcpProxy | undefined;
  const stand = await context.stand({
    between: async (server, port) => {
      if (server !== 'database') return port;
      proxy = await TcpProxy.start({ target: port, random: () => random.next() });
      return proxy.port;
    },
  });
  context.later(() => proxy?.close());
  await proxy?.set({ kind: 'latency', ms: 200, jitterMs: 100 });
  const sender = new Sender({
    urls: () => stand.webhookUrls,
    token: stand.cluster.token,
    prefix: 'slow',
    seed: options.seed,
    ledger: join(directory, 'slow.jsonl'),
    alertsPerWebhook: [1, 1],
  });
  await sender.sendByClock(PER_SECOND, seconds);
  const { acceptedMs } = sender;
  const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
  return {
    figures: {
      ...figures,
      ack_p50_ms: Math.round(percentile(acceptedMs, 0.5)),
      ack_p99_ms: Math.round(percentile(acceptedMs, 0.99)),
    },
    problems: [...problems, ...onlyAnswers(sender, ['202'])],
  };
}
