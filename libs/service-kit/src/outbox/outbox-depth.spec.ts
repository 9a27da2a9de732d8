import { Metrics } from '../metrics/metrics';
import { OutboxDepth } from './outbox-depth';
import type { OutboxStats } from './outbox-store';

describe('the depth of the outbox', () => {
  const metrics = (): Metrics => new Metrics({ namespace: 'alertagent', processMetrics: false });

  it('is shown with the age of the oldest event, and stays what it was while the database is away', async () => {
    const shown = metrics();
    let answer: () => Promise<OutboxStats> = async () => ({ depth: 7, oldestAgeMs: 1_500 });
    const depth = new OutboxDepth(shown, () => answer());
    await depth.look();
    answer = () => Promise.reject(new Error('gone'));
    await depth.look();
    const { body } = await shown.render();
    expect(body).toContain('alertagent_outbox_waiting_rows 7');
    expect(body).toContain('alertagent_outbox_oldest_waiting_seconds 1.5');
  });

  it('is not counted twice at the same time, however long a database hangs', async () => {
    let asked = 0;
    let answer = (_stats: OutboxStats): void => undefined;
    const depth = new OutboxDepth(metrics(), () => {
      asked += 1;
      return new Promise((resolve) => (answer = resolve));
    });
    const first = depth.look();
    await depth.look();
    expect(asked).toBe(1);
    answer({ depth: 0, oldestAgeMs: 0 });
    await first;
    const again = depth.look();
    expect(asked).toBe(2);
    answer({ depth: 0, oldestAgeMs: 0 });
    await again;
  });
});
