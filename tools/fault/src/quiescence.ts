import { pollUntil } from '@alertagent/local-stack';
import type { OutsideDatabase } from './database';
import { countOf } from './stored-alerts';

const PATIENCE_MS = 120_000;

/** What still waits somewhere in the gateway. */
export interface Waiting {
  /** Webhooks that the pipeline has not processed. */
  inbox: number;
  /** Events that no stream has acknowledged. */
  outbox: number;
}

/** How much waits now. */
export async function waitingIn(database: OutsideDatabase): Promise<Waiting> {
  return {
    inbox: await countOf(database, 'SELECT COUNT(*) FROM alert_inbox WHERE state = 0'),
    outbox: await countOf(database, 'SELECT COUNT(*) FROM gateway_outbox WHERE published_at IS NULL'),
  };
}

/** Resolves to the milliseconds it took until nothing waits any more. Errors: not within `patienceMs`, 120 s unless told. */
export async function settled(database: OutsideDatabase, patienceMs = PATIENCE_MS): Promise<number> {
  const began = performance.now();
  let last: Waiting = { inbox: -1, outbox: -1 };
  await pollUntil(
    async () => {
      last = await waitingIn(database);
      return last.inbox === 0 && last.outbox === 0;
    },
    { what: 'an empty inbox and outbox', timeoutMs: patienceMs, intervalMs: 100 },
  ).catch((error: unknown) => {
    throw new Error(`not settled: ${last.inbox} webhooks and ${last.outbox} events still wait`, { cause: error });
  });
  return performance.now() - began;
}
