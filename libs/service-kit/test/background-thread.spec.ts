import { join } from 'node:path';
import { BackgroundThread } from '../src/parts/background-thread';

const partOf = (name: string) => ({
  entry: join(__dirname, 'backgrounds', `${name}.cjs`),
  memoryMiB: { young: 8, old: 32 },
});
const threads: BackgroundThread[] = [];

/** Makes one that is started by the test, and hands out what its end was said to be. */
function background(name = 'working'): { thread: BackgroundThread; ended: Promise<unknown> } {
  let thread: BackgroundThread | undefined;
  const ended = new Promise((resolve) => {
    thread = new BackgroundThread(partOf(name), resolve);
    threads.push(thread);
  });
  return { thread: thread!, ended };
}
const heardAt = (thread: BackgroundThread, topic: string): Promise<string> =>
  new Promise((resolve) => thread.link.onRing(topic, () => resolve(topic)));

afterEach(async () => {
  for (const thread of threads.splice(0)) await thread.stop();
});

describe('the background thread', () => {
  it('is told of something to do, and tells the edge', async () => {
    const { thread } = background();
    await thread.start();
    const heard = heardAt(thread, 'heard inbox');
    thread.link.ring('inbox');
    expect(await heard).toBe('heard inbox');
  });

  it('shows its figures once it works; rings of before are lost, as rings may be', async () => {
    const { thread } = background();
    expect(await thread.metrics()).toBeNull();
    thread.link.ring('inbox');
    await thread.start();
    expect(await thread.metrics()).toEqual([{ name: 'own' }]);
  });

  it('that does not answer costs a scrape its figures, not the edge’s', async () => {
    const { thread } = background('silent');
    await thread.start();
    expect(await thread.metrics()).toBeNull();
  });

  it('tells its edge when it breaks: the process must not go on without it', async () => {
    const { thread, ended } = background();
    await thread.start();
    thread.link.ring('die');
    expect(await ended).toMatchObject({ message: 'the background broke' });
  });

  it('tells its edge when it cannot start', async () => {
    const { thread, ended } = background('broken');
    await expect(thread.start()).rejects.toThrow('cannot start');
    expect(await ended).toMatchObject({ message: 'the background cannot start' });
  });

  it('ends when it is stopped, and that is nothing to tell', async () => {
    const ends: unknown[] = [];
    const thread = new BackgroundThread(partOf('working'), (error) => ends.push(error));
    await thread.start();
    await thread.stop();
    expect(ends).toEqual([]);
  });
});
