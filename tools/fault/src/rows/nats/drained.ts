import { pollUntil } from '@alertagent/local-stack';
import { publishedEvents } from '../../published-events';
import { settled } from '../../quiescence';
import type { Stand } from '../../stand';

/**
 * Milliseconds until the outbox is empty and every event of it can be received from its stream. That the outbox is empty is not
 * enough: a stream may have lost what it acknowledged. Errors: not within the limit.
 */
export async function msUntilDrained(stand: Stand, limitMs: number): Promise<number> {
  const began = performance.now();
  await settled(stand.database, limitMs);
  let missing = -1;
  await pollUntil(
    async () => {
      ({ missing } = await publishedEvents(stand));
      return missing === 0;
    },
    { what: 'every event to be in its stream', timeoutMs: limitMs, intervalMs: 250 },
  ).catch((error: unknown) => {
    throw new Error(`${missing} events of the outbox are in no stream after ${limitMs} ms`, { cause: error });
  });
  return Math.round(performance.now() - began);
}
