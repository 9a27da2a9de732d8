import { Metrics } from '@alertagent/service-kit';
import { ConfigMetrics } from '../config-metrics';
import type { ConfigKey } from '../revisions/config-key';
import { LONGEST_REST_MS, RenderQueue } from './render-queue';
import type { Renderer } from './renderer';

const key: ConfigKey = { clusterId: 'c1', type: 'prometheus-rules' };

/** A renderer whose renders end when the test says so. */
function heldRenderer() {
  const started: { key: ConfigKey; finish: () => void; fail: (error: Error) => void }[] = [];
  const render = (wanted: ConfigKey): Promise<'published'> =>
    new Promise((resolve, reject) => started.push({ key: wanted, finish: () => resolve('published'), fail: reject }));
  const metrics = new ConfigMetrics(new Metrics({ namespace: 'test', processMetrics: false }));
  return { started, queue: new RenderQueue({ render } as unknown as Renderer, metrics) };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the render queue', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }));
  afterEach(() => jest.useRealTimers());

  it('renders once more for all that asked while a render was running', async () => {
    const { started, queue } = heldRenderer();
    const first = queue.render(key);
    const done: number[] = [];
    const later = [1, 2, 3].map((number) => queue.render(key).then(() => done.push(number)));
    await settled();
    expect(started).toHaveLength(1);
    started[0]?.finish();
    await first;
    await jest.advanceTimersByTimeAsync(LONGEST_REST_MS);
    expect(started).toHaveLength(2);
    expect(done).toEqual([]);
    started[1]?.finish();
    await Promise.all(later);
    expect(done).toEqual([1, 2, 3]);
    expect(started).toHaveLength(2);
  });

  it('lets those who wait have their own try when the running render fails', async () => {
    const { started, queue } = heldRenderer();
    const first = queue.render(key);
    const second = queue.render(key);
    started[0]?.fail(new Error('no answer'));
    await expect(first).rejects.toThrow('no answer');
    await jest.advanceTimersByTimeAsync(LONGEST_REST_MS);
    started[1]?.finish();
    await expect(second).resolves.toBeUndefined();
  });

  it('rests three times as long as a render took, so that the renders of a batch do not crowd it out', async () => {
    const { started, queue } = heldRenderer();
    const first = queue.render(key);
    await jest.advanceTimersByTimeAsync(100);
    started[0]?.finish();
    await first;
    const second = queue.render(key);
    await jest.advanceTimersByTimeAsync(299);
    expect(started).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(started).toHaveLength(2);
    started[1]?.finish();
    await second;
  });

  it('rests two seconds at most', async () => {
    const { started, queue } = heldRenderer();
    const first = queue.render(key);
    await jest.advanceTimersByTimeAsync(10_000);
    started[0]?.finish();
    await first;
    void queue.render(key);
    await jest.advanceTimersByTimeAsync(LONGEST_REST_MS);
    expect(started).toHaveLength(2);
  });

  it('renders different configurations side by side, and the first request after a calm at once', async () => {
    const { started, queue } = heldRenderer();
    const both = [queue.render(key), queue.render({ ...key, type: 'alertmanager-config' })];
    expect(started.map((render) => render.key.type)).toEqual(['prometheus-rules', 'alertmanager-config']);
    for (const render of started) render.finish();
    await Promise.all(both);
    await jest.advanceTimersByTimeAsync(LONGEST_REST_MS);
    void queue.render(key);
    expect(started).toHaveLength(3);
  });
});
