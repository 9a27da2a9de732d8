import { Metrics } from '@alertagent/service-kit';
import { ConfigMetrics } from '../config-metrics';
import type { ConfigKey } from '../revisions/config-key';
import { LongPolls } from './long-polls';

const key: ConfigKey = { clusterId: 'c1', type: 'prometheus-rules' };
/** The signal of a caller who stays. */
const never = (): AbortSignal => new AbortController().signal;
const HOUR = 3_600_000;

describe('long polls', () => {
  let polls: LongPolls;

  beforeEach(() => {
    polls = new LongPolls(new ConfigMetrics(new Metrics({ namespace: 'test', processMetrics: false })));
  });

  afterEach(() => polls.onModuleDestroy());

  it('wake everybody who waits for that configuration and nobody else', async () => {
    const woken = [polls.wait(key, HOUR, never()), polls.wait(key, HOUR, never())];
    void polls.wait({ ...key, type: 'alertmanager-config' }, HOUR, never());
    expect(polls.open).toBe(3);
    polls.wake(key);
    await Promise.all(woken);
    expect(polls.open).toBe(1);
  });

  it('end when their time is over or their caller has gone', async () => {
    await polls.wait(key, 1, never());
    const gone = new AbortController();
    const waiting = polls.wait(key, HOUR, gone.signal);
    gone.abort();
    await waiting;
    expect(polls.keys()).toEqual([]);
  });

  it('end at once, and are not begun any more, when the service stops', async () => {
    const waiting = polls.wait(key, HOUR, never());
    polls.onModuleDestroy();
    await waiting;
    await polls.wait(key, HOUR, never());
    expect(polls.open).toBe(0);
  });

  it('are not held without bound for one configuration', async () => {
    for (let count = 0; count < 500; count += 1) void polls.wait(key, HOUR, never());
    await polls.wait(key, HOUR, never());
    expect(polls.open).toBe(500);
  });
});
