import type { ClaimedWebhook } from '../intake/claimed-webhook';
import { BatchOrder, OvertakingError, Place } from './batch-order';

const webhooks = (cluster: string, ...ids: string[]): ClaimedWebhook[] =>
  ids.map((id) => ({ id, cluster_id: cluster }) as ClaimedWebhook);

const taking = (rows: ClaimedWebhook[]) => () => Promise.resolve(rows);

/** What a promise has come to, once everything that can go on has gone on. */
async function stateOf(promise: Promise<unknown>): Promise<'waits' | 'done' | 'overtaking'> {
  const state = promise.then(
    () => 'done' as const,
    (error: unknown) => {
      if (error instanceof OvertakingError) return 'overtaking' as const;
      throw error;
    },
  );
  const later = new Promise<'waits'>((resolve) => setImmediate(() => resolve('waits')));
  return Promise.race([state, later]);
}

describe('the order of batches', () => {
  const order = (): { order: BatchOrder; first: Place; second: Place } => ({
    order: new BatchOrder(),
    first: new Place(),
    second: new Place(),
  });

  it('lets one loop take its batch only when the other has taken its own', async () => {
    const { order: batches, first, second } = order();
    let finish: (rows: ClaimedWebhook[]) => void = () => undefined;
    const isTakenBy = { second: false };
    const one = batches.take(first, () => new Promise((resolve) => (finish = resolve)));
    const other = batches.take(second, () => {
      isTakenBy.second = true;
      return Promise.resolve([]);
    });
    expect(await stateOf(other)).toBe('waits');
    expect(isTakenBy.second).toBe(false);
    finish([]);
    await Promise.all([one, other]);
    expect(isTakenBy.second).toBe(true);
  });

  it('makes a batch wait until the one before it is committed', async () => {
    const { order: batches, first, second } = order();
    await batches.take(first, taking(webhooks('a', '1')));
    await batches.take(second, taking(webhooks('a', '2')));
    await first.reached();
    const reached = second.reached();
    expect(await stateOf(reached)).toBe('waits');
    first.end(true);
    await reached;
  });

  it('gives a batch up when one with older webhooks of the same cluster failed before it', async () => {
    const { order: batches, first, second } = order();
    await batches.take(first, taking(webhooks('a', '1')));
    await batches.take(second, taking(webhooks('a', '2')));
    first.end(false);
    await expect(second.reached()).rejects.toThrow(OvertakingError);
  });

  it.each([
    ['newer webhooks', webhooks('a', '3')],
    ['webhooks of another cluster', webhooks('b', '1')],
    ['the same webhooks', webhooks('a', '2', '2b')],
  ])('goes on when what failed before it had %s', async (_, failed) => {
    const { order: batches, first, second } = order();
    await batches.take(first, taking(failed));
    await batches.take(second, taking(webhooks('a', '2', '2b')));
    first.end(false);
    await second.reached();
  });

  it('goes on after a batch that could not be taken', async () => {
    const { order: batches, first, second } = order();
    await expect(batches.take(first, () => Promise.reject(new Error('database away')))).rejects.toThrow('away');
    await batches.take(second, taking(webhooks('a', '2')));
    await second.reached();
  });
});
