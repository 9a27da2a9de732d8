import { createServer, type RequestListener, type Server } from 'node:http';
import { exchange, ExchangeFailed, Stopped } from './http-exchange';

describe('one exchange over HTTP', () => {
  let server: Server;
  let url: URL;
  const serve = (listener: RequestListener): Promise<void> =>
    new Promise((resolve) => {
      server = createServer(listener).listen(0, '127.0.0.1', () => {
        const address = server.address();
        url = new URL(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`);
        resolve();
      });
    });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const get = (
    changes: { timeoutMs?: number; maxBytes?: number; signal?: AbortSignal } = {},
  ): ReturnType<typeof exchange> =>
    exchange({
      method: 'GET',
      url,
      timeoutMs: 5_000,
      maxBytes: 1_000,
      signal: new AbortController().signal,
      ...changes,
    });

  it('answers a redirect as it is instead of following it', async () => {
    await serve((_request, response) => response.writeHead(302, { location: '/elsewhere' }).end());
    expect((await get()).status).toBe(302);
  });

  it('rejects a body that ends before its announced length', async () => {
    await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('short', () => response.destroy());
    });
    await expect(get()).rejects.toMatchObject({ kind: 'cut' });
  });

  it('rejects a body over the limit', async () => {
    await serve((_request, response) => response.end('x'.repeat(1_001)));
    await expect(get()).rejects.toMatchObject({ kind: 'too-large' });
  });

  it('gives up when the answer does not come', async () => {
    await serve(() => undefined);
    await expect(get({ timeoutMs: 50 })).rejects.toMatchObject({ kind: 'timeout' });
  });

  it('tells that nobody listens from a connection that broke', async () => {
    await serve((request) => request.socket.destroy());
    await expect(get()).rejects.toMatchObject({ kind: 'cut' });
    await new Promise((resolve) => server.close(resolve));
    await expect(get()).rejects.toMatchObject({ kind: 'unreachable' });
    await expect(get()).rejects.toThrow(ExchangeFailed);
  });

  it('ends with Stopped, which proves nothing about the other side, when the program stops', async () => {
    const stop = new AbortController();
    await serve(() => stop.abort());
    await expect(get({ signal: stop.signal })).rejects.toThrow(Stopped);
    await expect(get({ signal: stop.signal })).rejects.toThrow(Stopped);
  });
});
