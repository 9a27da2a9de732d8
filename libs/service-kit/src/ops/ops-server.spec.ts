import { connect } from 'node:net';
import { once } from 'node:events';
import { ServiceError } from '@alertagent/contracts';
import { request } from 'undici';
import { Metrics } from '../metrics/metrics';
import { HTTP_LIMITS, OpsServer } from './ops-server';
import { Readiness } from './readiness';

describe('the operations server', () => {
  let now = 1_000_000;
  let readiness: Readiness;
  let server: OpsServer;
  let base: string;
  let port: number;

  beforeEach(async () => {
    readiness = new Readiness({ deadlineMs: 50, now: () => now });
    const metrics = new Metrics({ namespace: 'alertagent', processMetrics: false });
    metrics.counter({ name: 'x_total', help: 'X.' });
    server = new OpsServer({ host: '127.0.0.1', port: 0, readiness, metrics });
    port = await server.start();
    base = `http://127.0.0.1:${port}`;
  });
  afterEach(() => server.stop());

  async function get(path: string, method: 'GET' | 'POST' | 'HEAD' = 'GET') {
    const { statusCode, headers, body } = await request(base + path, { method });
    const text = await body.text();
    return { status: statusCode, headers, text, json: () => JSON.parse(text) as Record<string, unknown> };
  }

  it('is healthy as long as it can answer, even when it is not ready', async () => {
    const { status, json } = await get('/health?verbose=1');
    expect(status).toBe(200);
    expect(json()).toEqual({ status: 'healthy', timestamp: expect.any(String) as string });
  });

  it('is not ready before the service has started nor while it stops', async () => {
    expect((await get('/ready')).json()).toMatchObject({ checks: { service: 'unhealthy: starting' } });
    readiness.started();
    expect((await get('/ready')).status).toBe(200);
    readiness.stopping();
    readiness.started();
    const { status, json } = await get('/ready');
    expect([status, json().checks]).toEqual([503, { service: 'unhealthy: stopping' }]);
  });

  it('names each check with its reason, and never shows what a driver said', async () => {
    readiness.started();
    readiness.register({ name: 'cache', check: async () => undefined });
    readiness.register({
      name: 'database',
      check: () => Promise.reject(Object.assign(new Error('SELECT 1 at root:secret@db'), { code: 'ECONNREFUSED' })),
    });
    readiness.register({ name: 'nats', check: () => Promise.reject(new ServiceError('unavailable', 'not connected')) });
    readiness.register({
      name: 'broken',
      check: () => {
        throw new Error('password');
      },
    });
    readiness.register({ name: 'hanging', check: () => new Promise<void>(() => undefined) });
    const { status, json } = await get('/ready');
    expect(status).toBe(503);
    expect(json()).toMatchObject({
      status: 'unhealthy',
      checks: {
        cache: 'healthy',
        database: 'unhealthy: ECONNREFUSED',
        nats: 'unhealthy: not connected',
        broken: 'unhealthy: failed',
        hanging: 'unhealthy: no answer within 50 ms',
      },
    });
  });

  it('asks the checks once for many probes, and again half a second later', async () => {
    let asked = 0;
    readiness.started();
    readiness.register({ name: 'database', check: async () => void asked++ });
    await Promise.all(Array.from({ length: 20 }, () => get('/ready')));
    expect(asked).toBe(1);
    now += 500;
    await get('/ready');
    expect(asked).toBe(2);
  });

  it('serves metrics as Prometheus reads them', async () => {
    const { status, headers, text } = await get('/metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toContain('text/plain');
    expect(text).toContain('alertagent_x_total 0');
  });

  it('answers 404 to other paths and 405 to other methods', async () => {
    expect((await get('/')).status).toBe(404);
    expect((await get('//health')).status).toBe(404);
    expect((await get('/health/')).status).toBe(404);
    const { status, headers } = await get('/health', 'POST');
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
    expect((await get('/health', 'HEAD')).text).toBe('');
  });

  it('has limits against clients that never finish their request', () => {
    expect(HTTP_LIMITS).toMatchObject({
      headersTimeout: 5_000,
      requestTimeout: 15_000,
      connectionsCheckingInterval: 1_000,
    });
    expect(Reflect.get(server, 'server')).toMatchObject({
      headersTimeout: 5_000,
      requestTimeout: 15_000,
      maxConnections: 100,
    });
  });

  it('stops although somebody is still connected', async () => {
    const idle = connect(port, '127.0.0.1');
    await once(idle, 'connect');
    // The server may cut the connection by a reset; that is what is wanted.
    idle.on('error', () => undefined);
    const closed = new Promise((resolve) => idle.once('close', resolve));
    idle.write('GET /health HTTP/1.1\r\n');
    await server.stop();
    await closed;
  });

  it('says so when its port is taken', async () => {
    const second = new OpsServer({ host: '127.0.0.1', port, readiness });
    await expect(second.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
