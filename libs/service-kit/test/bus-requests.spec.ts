import { pollUntil, sharedStack, type NatsServer } from '@alertagent/local-stack';
import {
  findClusterToken,
  getClusterRules,
  listRevisions,
  resolveTargets,
  ServiceError,
  type ListRevisions,
  type RevisionPage,
  type RevisionView,
} from '@alertagent/contracts';
import { connect, headers } from 'nats';
import { currentContext, newContext, runInContext } from '../src/context/request-context';
import { BusStand, type BusStandOptions } from './bus-stand';

const stack = sharedStack();
let nats: NatsServer;
const stands: BusStand[] = [];

beforeAll(async () => {
  nats = await stack.startTestNats();
});
afterEach(async () => {
  for (const stand of stands.splice(0)) await stand.close();
});
afterAll(() => stack.close());

async function stand(options: Omit<BusStandOptions, 'natsUrl'> & { natsUrl?: string }): Promise<BusStand> {
  const opened = new BusStand({ natsUrl: nats.url, ...options });
  stands.push(opened);
  return opened.start();
}
/** `config` answering revision lists, and a `gateway` that asks. */
async function asked(answer: (query: ListRevisions) => Promise<unknown>): Promise<BusStand> {
  await stand({ service: 'config', handlers: [[listRevisions, answer]] });
  return stand({ service: 'gateway' });
}
const failure = async (work: Promise<unknown>): Promise<ServiceError> => {
  const error: unknown = await work.then(
    () => new Error('it succeeded'),
    (caught: unknown) => caught,
  );
  if (error instanceof ServiceError) return error;
  throw error;
};
const revision = (more: Partial<RevisionView> = {}): RevisionView => ({
  cluster_id: 'c1',
  type: 'prometheus-rules',
  revision: 1,
  status: 'published',
  hash: 'h',
  bytes: 1,
  rules: 0,
  created_at: '2026-01-01T00:00:00.000Z',
  ...more,
});

describe('a request to another service', () => {
  it('arrives as the contract says and comes back as the contract says', async () => {
    const queries: unknown[] = [];
    const gateway = await asked(async (query) => {
      queries.push(query);
      return { items: [revision()], next_cursor: null, extra: 'not in the contract' };
    });
    const page: RevisionPage = await gateway.bus.request(listRevisions, { cluster_id: 'c1', limit: 5 });
    expect(queries).toEqual([expect.objectContaining({ cluster_id: 'c1', limit: 5 })]);
    expect(page.items[0]?.hash).toBe('h');
    expect(page).not.toHaveProperty('extra');
  });

  it.each(['invalid', 'not_found', 'conflict', 'forbidden', 'too_large', 'unavailable', 'deadline'] as const)(
    'fails with %s when the other side says so, with its message and field problems',
    async (code) => {
      const errors = [{ pointer: '/a~1b', code: 'isInt', detail: 'größer als 😀' }];
      const gateway = await asked(async () => {
        throw new ServiceError(code, 'zu groß 😀\r\nX: y', { errors });
      });
      const error = await failure(gateway.bus.request(listRevisions, { cluster_id: 'c1' }));
      expect([error.code, error.errors]).toEqual([code, errors]);
      expect(error.message).toMatch(/^zu groß 😀 +X: y$/);
    },
  );

  it.each([
    ['an unexpected error', new Error("ER_PARSE_ERROR near 'select secret'")],
    [
      'internal',
      new ServiceError('internal', 'stack at /srv/x.js', { errors: [{ pointer: '/secret', code: 'c', detail: 'd' }] }),
    ],
    ['no error at all', 'just text'],
  ])('learns nothing about %s but that it happened', async (_what, thrown) => {
    const gateway = await asked(() => Promise.reject(thrown));
    const error = await failure(gateway.bus.request(listRevisions, { cluster_id: 'c1' }));
    expect([error.code, error.message, error.errors]).toEqual(['internal', 'internal error', []]);
  });

  it('is answered also when the error message was cut in the middle of a character', async () => {
    const gateway = await asked(async () => {
      throw new ServiceError('invalid', `${'x'.repeat(499)}😀`);
    });
    const error = await failure(gateway.bus.request(listRevisions, { cluster_id: 'c1' }));
    expect([error.code, error.message.length]).toEqual(['invalid', 500]);
  });

  it('is refused as invalid by the answering side when the asker did not check it', async () => {
    let called = false;
    await asked(async () => {
      called = true;
      return { items: [] };
    });
    const raw = await connect({ servers: nats.url });
    const replies = await Promise.all(
      ['not json', '[]', '{}', '{"cluster_id":5}', Buffer.from([0xff, 0xfe])].map((data) =>
        raw.request(listRevisions.subject, data),
      ),
    );
    await raw.close();
    expect(replies.map((reply) => reply.headers?.get('Nats-Service-Error-Code'))).toEqual(Array(5).fill('invalid'));
    expect(called).toBe(false);
  });

  it('fails as internal on both sides when the answer breaks the contract, which is not the asker’s fault', async () => {
    const gateway = await asked(async () => ({ items: 'none' }));
    expect((await failure(gateway.bus.request(listRevisions, { cluster_id: 'c1' }))).code).toBe('internal');

    const raw = await connect({ servers: nats.url });
    raw.subscribe(resolveTargets.subject, { callback: (_error, message) => void message.respond('{"clusters":5}') });
    await raw.flush();
    const rules = await stand({ service: 'rules' });
    expect((await failure(rules.bus.request(resolveTargets, { targets: ['c'] }))).code).toBe('internal');
    await raw.close();
  });

  it('keeps the code of a refusal whose explanation is damaged', async () => {
    const raw = await connect({ servers: nats.url });
    const refusal = headers();
    refusal.set('Nats-Service-Error-Code', 'conflict');
    refusal.set('Nats-Service-Error', '%E0%A4%A');
    raw.subscribe(resolveTargets.subject, {
      callback: (_error, message) => void message.respond('{', { headers: refusal }),
    });
    await raw.flush();
    const rules = await stand({ service: 'rules' });
    expect((await failure(rules.bus.request(resolveTargets, { targets: ['c'] }))).code).toBe('conflict');
    await raw.close();
  });

  it('fails with unavailable long before its deadline when nobody answers', async () => {
    const config = await stand({ service: 'config' });
    const request = config.bus.request(getClusterRules, { id: 'c1' }, { timeoutMs: 3_600_000 });
    expect((await failure(request)).code).toBe('unavailable');
  });

  it('fails with deadline when the answer does not come in time', async () => {
    let end = (_page: object): void => undefined;
    // One promise for all: the question may arrive after its asker gave up.
    const answer = new Promise<object>((resolve) => (end = resolve));
    const gateway = await asked(() => answer);
    const error = await failure(gateway.bus.request(listRevisions, { cluster_id: 'c1' }, { timeoutMs: 50 }));
    end({ items: [] });
    expect(error.code).toBe('deadline');
  });

  it('fails with unavailable at once when the last five were not answered in time, without asking again', async () => {
    // Those asked before may reach the service at any time, or never: their time is over.
    const askedAbout = new Set<string>();
    let end = (_page: object): void => undefined;
    const answer = new Promise<object>((resolve) => (end = resolve));
    const gateway = await asked(({ cluster_id }) => {
      askedAbout.add(cluster_id);
      return answer;
    });
    for (let count = 0; count < 5; count += 1) {
      const error = await failure(gateway.bus.request(listRevisions, { cluster_id: 'c1' }, { timeoutMs: 20 }));
      expect(error.code).toBe('deadline');
    }
    const error = await failure(gateway.bus.request(listRevisions, { cluster_id: 'c2' }, { timeoutMs: 3_600_000 }));
    end({ items: [] });
    expect([error.code, error.message]).toEqual(['unavailable', expect.stringContaining('does not answer in time')]);
    expect(askedAbout).not.toContain('c2');
  });

  it('is refused before it leaves when the service did not declare it', async () => {
    const gateway = await stand({ service: 'gateway' });
    await expect(gateway.bus.request(getClusterRules, { id: 'c1' })).rejects.toThrow('gateway may not ask');
  });

  it('is refused before it leaves when it breaks its contract', async () => {
    const config = await stand({ service: 'config' });
    const error = await failure(config.bus.request(findClusterToken, { token_hash: 'short' }));
    expect([error.code, error.errors[0]?.pointer]).toEqual(['invalid', '/token_hash']);
  });

  it('carries megabytes in both directions', async () => {
    const long = 'x'.repeat(3_000_000);
    const gateway = await asked(async ({ cluster_id }) => ({ items: [revision({ cluster_id })] }));
    const page = await gateway.bus.request(listRevisions, { cluster_id: long });
    expect(page.items[0]?.cluster_id).toHaveLength(3_000_000);
  });

  it('fails with too_large when even compressed it does not fit, in either direction', async () => {
    const noise = Array.from({ length: 300_000 }, () => Math.random().toString(36).slice(2)).join('');
    const gateway = await asked(async () => ({ items: [revision({ hash: noise })] }));
    expect((await failure(gateway.bus.request(listRevisions, { cluster_id: noise }))).code).toBe('too_large');
    expect((await failure(gateway.bus.request(listRevisions, { cluster_id: 'c' }))).code).toBe('too_large');
  });

  it('carries correlation id and trace to the handler', async () => {
    const seen: unknown[] = [];
    const gateway = await asked(async () => {
      seen.push(currentContext());
      return { items: [] };
    });
    const context = newContext({
      correlationId: 'ticket-7',
      tracestate: 'a=b',
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    });
    await runInContext(context, () => gateway.bus.request(listRevisions, { cluster_id: 'c1' }));
    expect(seen).toEqual([
      {
        correlationId: 'ticket-7',
        tracestate: 'a=b',
        traceparent: expect.stringMatching(`^00-${'a'.repeat(32)}-(?!b{16})[0-9a-f]{16}-01$`),
      },
    ]);
  });

  it('is answered once by one of several replicas', async () => {
    const answeredBy: string[] = [];
    const replica = (name: string): Promise<BusStand> =>
      stand({ service: 'config', handlers: [[listRevisions, async () => (answeredBy.push(name), { items: [] })]] });
    await Promise.all([replica('a'), replica('b')]);
    const gateway = await stand({ service: 'gateway' });
    await Promise.all(Array.from({ length: 40 }, () => gateway.bus.request(listRevisions, { cluster_id: 'c1' })));
    expect(answeredBy).toHaveLength(40);
    expect(new Set(answeredBy).size).toBe(2);
  });
});

describe('a service whose NATS is away', () => {
  it('fails requests with unavailable at once, and works again after kill -9 and restart', async () => {
    const own = await stack.startTestNats();
    await stand({ service: 'config', natsUrl: own.url, handlers: [[listRevisions, async () => ({ items: [] })]] });
    const gateway = await stand({ service: 'gateway', natsUrl: own.url });
    const ask = (): Promise<RevisionPage> =>
      gateway.bus.request(listRevisions, { cluster_id: 'c1' }, { timeoutMs: 3_600_000 });
    await ask();
    own.kill('SIGKILL');
    await pollUntil(() => !gateway.link.isUp, { what: 'the lost connection to be noticed' });
    const error = await failure(ask());
    expect([error.code, error.message]).toEqual(['unavailable', 'the message bus is not reachable']);
    await own.restart();
    await pollUntil(() => gateway.bus.request(listRevisions, { cluster_id: 'c1' }), {
      what: 'an answer after the restart',
    });
  });

  it('goes on trying when NATS refuses its user, and connects when the user exists', async () => {
    const users = (user: string) => [{ user, password: 'p', publish: ['>'], subscribe: ['>'] }];
    const dataDir = await stack.startTestNats({ users: users('somebody') });
    const { port } = dataDir;
    const opened = new BusStand({ natsUrl: dataDir.url, service: 'gateway', username: 'gateway', password: 'p' });
    stands.push(opened);
    let connected = false;
    void opened.link.whenOpen().then(() => (connected = true));
    await pollUntil(() => /authentication error/i.test(dataDir.log()), { what: 'the refusal' });
    expect(connected).toBe(false);
    await dataDir.stop();
    await stack.startTestNats({ port, users: users('gateway') });
    await pollUntil(() => connected, { what: 'the connection' });
  });

  it('can be closed although it never connected', async () => {
    const opened = new BusStand({ natsUrl: 'nats://127.0.0.1:1', service: 'gateway' });
    opened.strategy.listen(() => undefined);
    await opened.close();
    await expect(opened.link.whenOpen()).rejects.toThrow('closed before');
  });
});
