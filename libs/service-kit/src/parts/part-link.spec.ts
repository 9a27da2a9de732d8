import { LocalPartLink, newPartMemory, ThreadPartLink, type PartLink, type Ring } from './part-link';

/** Both ends of a link, as two threads have them; messages arrive at once. */
function bothEnds(): [PartLink, PartLink] {
  const memory = newPartMemory();
  const ends: ThreadPartLink[] = [];
  const portTo = (other: number) => ({ postMessage: (message: unknown) => ends[other]!.rung(message as Ring) });
  ends.push(new ThreadPartLink(memory, portTo(1)), new ThreadPartLink(memory, portTo(0)));
  return [ends[0]!, ends[1]!];
}

describe('the link between the parts of a service', () => {
  it('tells of something to do in the own part and in the other one, each once', () => {
    const [edge, background] = bothEnds();
    const heard: string[] = [];
    edge.onRing('inbox', () => heard.push('edge'));
    background.onRing('inbox', () => heard.push('background'));
    background.onRing('outbox', () => heard.push('another topic'));
    edge.ring('inbox');
    expect(heard).toEqual(['edge', 'background']);
  });

  it('shows the background how many callers wait at the edge', () => {
    const [edge, background] = bothEnds();
    edge.waitingCallers = 17;
    expect(background.waitingCallers).toBe(17);
  });

  it('is the same for a service that runs as a whole', () => {
    const link = new LocalPartLink();
    const heard: string[] = [];
    const stop = link.onRing('inbox', () => heard.push('rung'));
    link.ring('inbox');
    stop();
    link.ring('inbox');
    link.waitingCallers = 3;
    expect([heard, link.waitingCallers]).toEqual([['rung'], 3]);
  });
});
