import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { pollUntil } from '@alertagent/local-stack';
import type { ProxyMode } from './proxy-mode';
import { TcpProxy, type TcpProxyOptions } from './tcp-proxy';

describe('the network between a client and a server', () => {
  let server: Server;
  let served: Socket[];
  let proxy: TcpProxy;
  let received: string;

  async function start(options: Partial<TcpProxyOptions> = {}): Promise<void> {
    proxy = await TcpProxy.start({ target: (server.address() as AddressInfo).port, ...options });
  }

  async function open(): Promise<Socket> {
    const socket = connect({ port: proxy.port, host: '127.0.0.1' });
    received = '';
    socket.on('data', (bytes) => (received += bytes.toString()));
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  const arrives = (text: string): Promise<boolean> =>
    pollUntil(() => received === text, { what: `${text.slice(0, 20)} to arrive` });

  /** Resolves to what ended the connection. */
  const endOf = (socket: Socket): Promise<string> =>
    new Promise((resolve) => {
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
      socket.once('close', () => resolve('closed'));
    });

  beforeEach(async () => {
    served = [];
    // Gives back what it gets.
    server = createServer((socket) => {
      served.push(socket);
      socket.on('error', () => undefined);
      socket.pipe(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    await proxy.close();
    for (const socket of served) socket.destroy();
    server.close();
  });

  it('passes everything on, and an orderly end too', async () => {
    await start();
    const socket = await open();
    const text = 'x'.repeat(3_000_000);
    socket.end(text);
    await once(socket, 'end');
    expect(received).toHaveLength(text.length);
    await pollUntil(() => proxy.connections === 0, { what: 'the connection to be forgotten' });
  });

  it('delays answers by the latency and keeps their order under jitter', async () => {
    let turn = 0;
    await start({ random: () => (turn++ % 2 === 0 ? 1 : 0) });
    await proxy.set({ kind: 'latency', ms: 60, jitterMs: 50 });
    const socket = await open();
    const begun = performance.now();
    socket.write('first ');
    await pollUntil(() => served.length === 1, { what: 'the server to be reached' });
    socket.write('second');
    await arrives('first second');
    // Sooner is impossible; how much later depends on the machine.
    expect(performance.now() - begun).toBeGreaterThan(60);
  });

  it('refuses like a port nobody listens on, and lets in again afterwards', async () => {
    await start();
    const before = await open();
    const ended = endOf(before);
    await proxy.set({ kind: 'refuse' });
    expect(await ended).toBe('ECONNRESET');
    expect(await endOf(connect({ port: proxy.port, host: '127.0.0.1' }))).toBe('ECONNREFUSED');
    await proxy.set({ kind: 'pass' });
    const after = await open();
    after.write('again');
    await arrives('again');
    after.destroy();
  });

  it('swallows everything in a black hole and delivers it once the hole closes', async () => {
    await start();
    const socket = await open();
    socket.write('a');
    await arrives('a');
    await proxy.set({ kind: 'blackhole' });
    socket.write('b');
    const control = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
    control.write('c');
    await once(control, 'data');
    expect(received).toBe('a');
    await proxy.set({ kind: 'pass' });
    await arrives('ab');
    for (const each of [socket, control]) each.destroy();
  });

  it('resets what is open and what is opened', async () => {
    await start();
    const ended = endOf(await open());
    await proxy.set({ kind: 'reset' });
    expect(await ended).toBe('ECONNRESET');
    expect(await endOf(connect({ port: proxy.port, host: '127.0.0.1' }))).toBe('ECONNRESET');
  });

  it.each<[ProxyMode, number]>([
    [{ kind: 'bandwidth', bytesPerSecond: 10_000 }, 150],
    [{ kind: 'slicer', bytes: 100, delayMs: 5 }, 80],
  ])('lets only so much through at a time: %j', async (mode, leastMs) => {
    await start();
    await proxy.set(mode);
    const socket = await open();
    const begun = performance.now();
    socket.write('y'.repeat(2_000));
    await arrives('y'.repeat(2_000));
    expect(performance.now() - begun).toBeGreaterThan(leastMs);
    socket.destroy();
  });

  it('cuts a connection after so many bytes from the server', async () => {
    await start();
    await proxy.set({ kind: 'limit_data', bytes: 10 });
    const socket = await open();
    const ended = endOf(socket);
    socket.write('z'.repeat(100));
    await ended;
    expect(received).toBe('z'.repeat(10));
  });

  it('lets a tap stop the very piece it has seen', async () => {
    await start({
      tap: (direction, bytes) => {
        if (direction === 'up' && bytes.includes('COMMIT')) void proxy.set({ kind: 'blackhole' });
      },
    });
    const socket = await open();
    socket.write('BEGIN');
    await arrives('BEGIN');
    socket.write('COMMIT');
    await pollUntil(() => proxy.mode.kind === 'blackhole', { what: 'the hole to open' });
    expect(received).toBe('BEGIN');
    await proxy.set({ kind: 'pass' });
    await arrives('BEGINCOMMIT');
    socket.destroy();
  });
});
