import { startService, type TestService } from '@alertagent/service-kit/testing';
import { sharedStack } from '@alertagent/local-stack';
import type { RouteOptions } from 'fastify';
import { DOCS_PATHS } from '../src/openapi/docs-routes';
import { gatewayService } from '../src/service';

/** What may be asked without a token, and nothing else: liveness and documentation, which hold no data. */
const PUBLIC = new Set(['/health', '/ready', ...DOCS_PATHS]);
const ADMIN = 'aat_admin_for-this-test-0123456789';

describe('every registered route of the gateway', () => {
  const stack = sharedStack();
  const routes: { method: string; url: string }[] = [];
  let gateway: TestService;

  beforeAll(async () => {
    const nats = await stack.startTestNats();
    gateway = await startService(
      {
        ...gatewayService,
        http: {
          ...gatewayService.http!,
          prepare: async (app) => {
            app
              .getHttpAdapter()
              .getInstance()
              .addHook('onRoute', ({ method, url }: RouteOptions) => {
                for (const one of [method].flat()) routes.push({ method: one, url });
              });
            await gatewayService.http!.prepare!(app);
          },
        },
      },
      { natsUrl: nats.url, config: { security: { admin_token: ADMIN } } },
    );
  });

  afterAll(async () => {
    await gateway.close();
    await stack.close();
  });

  const call = (method: string, url: string, token?: string): Promise<Response> =>
    fetch(gateway.httpUrl + url.replaceAll(/:[A-Za-z]+/g, 'some-id').replaceAll('*', 'x'), {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(method === 'POST' || method === 'PUT' ? { 'content-type': 'application/json' } : {}),
      },
      body: method === 'POST' || method === 'PUT' ? '{}' : undefined,
    });

  it('is found by this test', () => {
    const urls = routes.map(({ url }) => url);

    expect(urls).toEqual(
      expect.arrayContaining(['/api/v1/rules', '/api/v1/alerts/webhook', '/api/v1/configs', '/api/v1/ledger', '/docs']),
    );
    expect(routes.length).toBeGreaterThan(50);
  });

  it('offers HEAD where it offers GET', () => {
    const urlsOf = (wanted: string): string[] =>
      [...new Set(routes.filter(({ method }) => method === wanted).map(({ url }) => url))].sort();
    expect(urlsOf('HEAD')).toEqual(urlsOf('GET'));
  });

  it.each(['', '%00', 'a%01b', '%0d%0a'])('finds nothing called %j, whatever the route', async (id) => {
    const named = routes.filter(({ url, method }) => url.endsWith('/:id') && ['PUT', 'DELETE', 'GET'].includes(method));
    const answers = await Promise.all(
      named.map(async ({ method, url }) => {
        const { status } = await call(method, url.replace(/:id$/, id), ADMIN);
        return { route: `${method} ${url}`, status };
      }),
    );
    expect(answers.length).toBeGreaterThan(30);
    expect(answers.filter(({ status }) => status !== 404)).toEqual([]);
  });

  it('answers 401 without a token, unless it is liveness or documentation', async () => {
    const answers = await Promise.all(
      routes
        .filter(({ url }) => !PUBLIC.has(url))
        .map(async ({ method, url }) => ({ route: `${method} ${url}`, status: (await call(method, url)).status })),
    );

    expect(answers.filter(({ status }) => status !== 401)).toEqual([]);
  });

  it('answers 401 to a token nobody issued and does not take one from the query', async () => {
    expect((await call('GET', '/api/v1/rules', 'aat_admin_nobody')).status).toBe(401);
    expect((await call('GET', `/api/v1/incidents?token=${ADMIN}&access_token=${ADMIN}`)).status).toBe(401);
  });

  it('is refused under other spellings of its path as well', async () => {
    for (const path of [
      '//api/v1/incidents',
      '/api/v1/incidents/',
      '/API/v1/incidents',
      '/api/v1/%69ncidents',
      '/api/v1/incidents;x',
      '/api/v1/./incidents',
    ]) {
      const { status } = await call('GET', path);
      expect({ path, open: status < 400 }).toEqual({ path, open: false });
    }
  });

  it('serves liveness and documentation to anybody', async () => {
    for (const url of PUBLIC) expect({ url, status: (await call('GET', url)).status }).toEqual({ url, status: 200 });
  });
});
