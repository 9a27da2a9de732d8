import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { checkInvariants } from '../invariants';
import { percentile } from '../percentile';
import type { FaultRow, RowContext, RowResult } from '../row';
import { senderTo } from '../sender-to';
import type { Stand } from '../stand';

const SLOW_SENDERS = 100;
const BYTES_PER_SECOND = 1_000;
const BODY_BYTES = 200_000;
const CUT_WITHIN_MS = 17_000;
const DEFAULT_SECONDS = 22;

/** Some senders have a link on which a body takes minutes. */
export const gatewaySlowSenders: FaultRow = {
  id: 'F15',
  title: `gateway: ${SLOW_SENDERS} senders at 1 KB/s beside normal ones`,
  bar: 'slow ones are cut within 15 s (and a look-out of 1 s), others p99 <= 1 s',
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const { seconds = DEFAULT_SECONDS } = context.options;
  const stand = await context.stand();
  const sender = senderTo(stand, context, 'alert', { alertsPerWebhook: [1, 10] });
  const slow = Array.from({ length: SLOW_SENDERS }, () => new SlowSender(stand));
  context.later(() => slow.forEach((one) => one.close()));
  await sender.sendByClock(50, seconds);
  const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
  const p99 = percentile(sender.acceptedMs, 0.99);
  if (p99 > 1_000) problems.push(`p99 of other senders ${Math.round(p99)} ms, not <= 1,000 ms`);
  const lives = slow.map(({ livedMs }) => livedMs);
  const alive = lives.filter((ms) => ms === null).length;
  const longest = Math.max(...lives.map((ms) => ms ?? 0));
  if (alive > 0) problems.push(`${alive} slow senders were not cut in ${seconds} s`);
  if (longest > CUT_WITHIN_MS) problems.push(`a slow sender was cut after ${Math.round(longest)} ms only`);
  const accepted = slow.filter(({ status }) => status !== null && status < 300).length;
  if (accepted > 0) problems.push(`${accepted} half bodies were accepted`);
  return {
    figures: {
      ...figures,
      slow_cut: SLOW_SENDERS - alive,
      longest_ms: Math.round(longest),
      others_p99_ms: Math.round(p99),
    },
    problems,
  };
}

/** Sends the head of a webhook, then its body so slowly that it will not be over for minutes. */
class SlowSender {
  /** How long the gateway kept it; null while it does. */
  livedMs: number | null = null;
  /** What it was told in the end; null when it was only cut. */
  status: number | null = null;
  private readonly socket: Socket;

  constructor(stand: Stand) {
    const began = performance.now();
    this.socket = connect({ port: stand.gateway.httpPort ?? 0, host: '127.0.0.1' });
    this.socket.on('error', () => undefined);
    this.socket.on('data', (data) => (this.status ??= Number(data.toString('latin1').slice(9, 12))));
    this.socket.on('close', () => (this.livedMs ??= performance.now() - began));
    this.socket.write(
      `POST /api/v1/alerts/webhook HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer ${stand.cluster.token}\r\n` +
        `content-type: application/json\r\ncontent-length: ${BODY_BYTES}\r\n\r\n{"alerts":[`,
    );
    void this.dribble();
  }

  close(): void {
    this.socket.destroy();
  }

  private async dribble(): Promise<void> {
    while (!this.socket.destroyed && this.socket.writable) {
      this.socket.write(' '.repeat(BYTES_PER_SECOND / 5));
      await delay(200);
    }
  }
}
