import { TcpProxy } from '../../injectors/tcp-proxy';
import { checkInvariants } from '../../invariants';
import { atMost } from '../../measure';
import { ledgerId } from '../../webhook-text';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { senderTo } from '../../sender-to';
import { PASS } from '../../injectors/proxy-mode';

const ANSWER_WITHIN_MS = 5_000;
/** Sent on every heal until it is answered; Alertmanager does the same. */
const MOST_REPEATS = 20;

/**
 * The network fails at the very piece that carries a webhook into the database: half of the times before the server has it, so
 * that nothing is stored, half of the times after it, so that only the answer is lost.
 */
export const databaseLostCommit: FaultRow = {
  id: 'F19',
  title: 'database: black hole at the statement that commits a webhook, before it or right after it',
  bar: 'the sender gets 503, within 5 s; after its repetition there is 1 record; 0/0/0',
  sabotages: { 'ack-before-commit': 'the sender is told 202' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const { kills: trials = 12 } = context.options;
  const hole = new Hole();
  const stand = await context.stand({
    between: async (server, port) => (server === 'database' ? hole.open(port) : port),
    settings: { gateway: { intake: { commit_timeout: '1s' } } },
  });
  context.later(() => hole.close());
  const sender = senderTo(stand, context, 'commit');
  const problems: string[] = [];
  let slowest = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const range = sender.nextRange(Infinity);
    hole.arm(`"${ledgerId('commit', range.from)}"`, trial % 2 === 0 ? 'request' : 'answer');
    const { status, ms } = await sender.deliver(range);
    slowest = Math.max(slowest, ms);
    if (status !== 503) problems.push(`the sender was told ${status} although the outcome was unknown`);
    if (!hole.hasBitten) problems.push(`the webhook of trial ${trial} never came by`);
    await hole.heal();
    for (let repeat = 0; repeat < MOST_REPEATS; repeat += 1) {
      if ((await sender.deliver(range)).outcome === 'ok') break;
    }
  }
  const attempts = sender.answers.get('503') ?? 0;
  const found = await checkInvariants(stand, { senders: [sender] });
  return {
    figures: { ...found.figures, trials, refused: attempts, refused_max_ms: Math.round(slowest) },
    problems: [
      ...found.problems,
      ...problems,
      ...atMost('ms until the sender was answered', slowest, ANSWER_WITHIN_MS),
    ],
  };
}

/** A network that becomes a black hole at a certain moment of a conversation. */
class Hole {
  hasBitten = false;
  private proxy: TcpProxy | undefined;
  private mark: string | null = null;
  private swallow: 'request' | 'answer' = 'request';
  private hasPassed = false;

  async open(target: number): Promise<number> {
    this.proxy = await TcpProxy.start({ target, tap: (direction, bytes) => this.look(direction, bytes) });
    return this.proxy.port;
  }

  /** Waits for a statement with this text; then nothing goes through any more, from it on or from its answer on. */
  arm(mark: string, swallow: 'request' | 'answer'): void {
    this.mark = mark;
    this.swallow = swallow;
    this.hasBitten = this.hasPassed = false;
  }

  async heal(): Promise<void> {
    this.mark = null;
    // What the gateway has given up must not be delivered after all.
    this.proxy?.cut();
    await this.proxy?.set(PASS);
  }

  async close(): Promise<void> {
    await this.proxy?.close();
  }

  private look(direction: 'up' | 'down', bytes: Buffer): void {
    if (this.mark === null || this.hasBitten) return;
    const isIt = direction === 'up' && bytes.includes(this.mark);
    if (isIt) this.hasPassed = true;
    if (this.swallow === 'request' ? !isIt : !(this.hasPassed && direction === 'down')) return;
    this.hasBitten = true;
    void this.proxy?.set({ kind: 'blackhole' });
  }
}
