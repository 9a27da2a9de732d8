import { connect, type Socket } from 'node:net';
import { pollUntil } from '@alertagent/local-stack';
import { p99 } from '../percentile';
import type { HostileRow, Scene } from '../row';
import { bytesOf } from '../wire/hostile-request';

const SLOW_HEADS = 400;
const SLOW_BODIES = 100;
const IDLE = 5_000;
/** Fewer than wait in a listening socket's queue: what the kernel drops there looks open to us and is known to nobody else. */
const IDLE_AT_ONCE = 250;
/** The longest a slow sender may hold a connection. */
const LONGEST_MS = 15_000;
const LONGEST_P99_MS = 1_000;
/** Idle connections cost next to nothing: others must be served, no more is asked here. */
const LONGEST_BESIDE_IDLE_MS = 5_000;

/** A connection that sends a little every second, and when the server ended it. */
class SlowSender {
  readonly began = performance.now();
  endedAt: number | null = null;
  private readonly socket: Socket;
  private readonly timer: NodeJS.Timeout;

  constructor({ stand }: Scene, start: Buffer, drop: string) {
    this.socket = connect({ ...stand.origin });
    this.socket.on('connect', () => this.socket.write(start));
    this.timer = setInterval(() => this.socket.writable && this.socket.write(drop), 1_000);
    this.socket.on('data', () => undefined);
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.endedAt = performance.now();
      clearInterval(this.timer);
    });
  }

  get heldMs(): number {
    return (this.endedAt ?? Infinity) - this.began;
  }

  stop(): void {
    clearInterval(this.timer);
    this.socket.destroy();
  }
}

/** Times of ordinary requests while `until` is not yet true. */
async function ordinaryTimes(scene: Scene, until: () => boolean, deadlineMs: number): Promise<number[]> {
  const webhook = scene.api.endpoints.find(({ group }) => group === 'W');
  const list = scene.api.endpoints.find(({ name }) => name === 'GET /api/v1/rules');
  const times: number[] = [];
  const began = performance.now();
  while (!until() && performance.now() - began < deadlineMs) {
    for (const endpoint of [webhook, list]) {
      if (!endpoint) continue;
      const answer = await scene.stand.send(scene.build.request(endpoint), { timeoutMs: 10_000 });
      times.push(answer.status >= 200 && answer.status < 300 ? answer.milliseconds : Infinity);
    }
  }
  return times;
}

async function slowSenders(scene: Scene): Promise<string[]> {
  const webhook = scene.api.endpoints.find(({ group }) => group === 'W');
  const rules = scene.api.endpoints.find(({ name }) => name === 'POST /api/v1/rules');
  if (!webhook || !rules) return ['the webhook or the rules are not described'];
  const head = Buffer.from('POST /api/v1/alerts/webhook HTTP/1.1\r\nHost: x\r\n');
  const bodies = [webhook, rules].map((endpoint) =>
    bytesOf(scene.build.request(endpoint, { body: '{', headers: { 'content-length': '5000' } })),
  );
  const senders = [
    ...Array.from({ length: SLOW_HEADS }, () => new SlowSender(scene, head, 'X-a: b\r\n')),
    ...Array.from({ length: SLOW_BODIES }, (_, index) => new SlowSender(scene, bodies[index % 2] ?? head, ' ')),
  ];
  const times = await ordinaryTimes(scene, () => senders.every(({ endedAt }) => endedAt !== null), LONGEST_MS + 10_000);
  const longest = Math.max(...senders.map(({ heldMs }) => heldMs));
  const faults: string[] = [];
  const held = senders.filter(({ heldMs }) => heldMs > LONGEST_MS).length;
  if (held > 0)
    faults.push(`${held} of ${senders.length} slow senders held a connection for more than ${LONGEST_MS} ms`);
  if (p99(times) > LONGEST_P99_MS) faults.push(`others waited ${p99(times)} ms (p99 of ${times.length})`);
  for (const sender of senders) sender.stop();
  scene.note(
    `slow senders: ${senders.length}, the last cut after ${Math.round(longest)} ms; others p99 ${Math.round(p99(times))} ms of ${times.length}`,
  );
  return faults;
}

/** False the first time. */
function once(): () => boolean {
  let calls = 0;
  return () => calls++ > 0;
}

async function idleConnections(scene: Scene): Promise<string[]> {
  const sockets: Socket[] = [];
  let open = 0;
  const connectOne = (): void => {
    // 5,000 connections to one port: more source addresses keep clear of the ports other programs need.
    const socket = connect({ ...scene.stand.origin, localAddress: `127.0.0.${2 + (sockets.length % 20)}` });
    socket.on('connect', () => (open += 1));
    // Unread, the answer that the time is over would hide the end behind it.
    socket.resume();
    socket.on('error', () => undefined);
    socket.on('close', () => (open -= 1));
    sockets.push(socket);
  };
  try {
    while (sockets.length < IDLE) {
      for (let count = 0; count < IDLE_AT_ONCE; count++) connectOne();
      await pollUntil(() => sockets.every(({ connecting }) => !connecting), {
        what: 'the connections',
        timeoutMs: 30_000,
      });
      // Whoever is answered stood behind them all in that queue.
      await ordinaryTimes(scene, once(), 10_000);
    }
    const most = open;
    const until = performance.now() + 5_000;
    const times = await ordinaryTimes(scene, () => performance.now() > until, 6_000);
    await pollUntil(() => open <= 0, { what: 'idle connections to be cut', timeoutMs: LONGEST_MS + 10_000 });
    scene.note(
      `idle connections: ${most} open at once, all cut; others p99 ${Math.round(p99(times))} ms of ${times.length}`,
    );
    return p99(times) > LONGEST_BESIDE_IDLE_MS
      ? [`others waited ${p99(times)} ms beside ${most} idle connections`]
      : [];
  } catch (error) {
    return [String(error)];
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

function* slowReaders(scene: Scene) {
  // Asks for much and reads nothing: the answer waits in the kernel, nobody else is held up.
  const endpoint = scene.endpoints.find(({ group }) => group === 'P' || group === 'R') ?? scene.endpoints[0];
  if (!endpoint) return;
  const metrics = scene.build.request(endpoint, {
    target: '/metrics',
    body: null,
    token: scene.stand.token('viewer'),
    headers: { connection: 'keep-alive' },
  });
  const send = Buffer.concat(Array.from({ length: 200 }, () => bytesOf({ ...metrics, method: 'GET' })));
  yield {
    endpoint,
    what: '200 answers left unread',
    send,
    options: { timeoutMs: 200 },
    expected: { status: [200], mayBeCut: true },
  };
}

export const slowRows: readonly HostileRow[] = [
  { id: 'B39', summary: 'slow heads, slow bodies, slow readers', cases: slowReaders, afterwards: slowSenders },
  { id: 'B40', summary: '5,000 idle connections', *cases() {}, afterwards: idleConnections },
];
