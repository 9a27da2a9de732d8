import { createServer, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { ServiceError } from '@alertagent/contracts';
import { outboundClient, type OutboundClient, type OutboundOptions } from './outbound-client';

/** Names as a hostile name server would answer them; all others have a public address nobody listens on. */
const NAMES: Record<string, string[]> = {
  'metadata.google.internal': ['169.254.169.254'],
  'localtest.me': ['127.0.0.1'],
  localhost: ['127.0.0.1'],
  'x.nip.io': ['10.0.0.1'],
  'mixed.example': ['93.184.216.34', '127.0.0.1'],
  'six.example': ['::1'],
  'mapped.example': ['::ffff:127.0.0.1'],
  n8n: ['127.0.0.1'],
};

const resolve: OutboundOptions['resolve'] = async (hostname) =>
  (NAMES[hostname] ?? ['203.0.113.1']).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

const publicAddress: OutboundOptions['resolve'] = async () => [{ address: '93.184.216.34', family: 4 }];

async function failure(work: Promise<unknown>): Promise<ServiceError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ServiceError) return error;
  throw new Error(`expected a ServiceError, got ${String(error)}`);
}

describe('outgoing requests', () => {
  let canary: Server;
  let port: number;
  let connects: number;
  let open: OutboundClient[];
  const sockets = new Set<Socket>();

  beforeEach(async () => {
    connects = 0;
    open = [];
    canary = createServer((request, response) => {
      if (request.url === '/redirect') response.writeHead(302, { location: `//169.254.169.254/` }).end();
      else if (request.url === '/large') response.end('x'.repeat(10_000_000));
      else if (request.url === '/endless') response.write('x');
      else if (request.url === '/silent') return;
      else response.setHeader('x-seen', request.headers['x-sent'] ?? '').end('hello');
    });
    canary.on('connection', (socket) => {
      connects++;
      sockets.add(socket);
    });
    await new Promise<void>((done) => canary.listen(0, '::', done));
    port = (canary.address() as AddressInfo).port;
  });
  afterEach(async () => {
    await Promise.all(open.map((client) => client.close()));
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => canary.close(done));
  });

  function client(options: Partial<OutboundOptions> = {}): OutboundClient {
    const made = outboundClient({ allow: [], resolve, ...options });
    open.push(made);
    return made;
  }

  const hosts = [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '0',
    '①②⑦.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::]',
    '[fe80::1]',
    '[fd00::]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[::127.0.0.1]',
    '169.254.169.254',
    '100.100.100.200',
    '168.63.129.16',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    'metadata.google.internal',
    'localtest.me',
    'localhost',
    'LOCALHOST',
    'x.nip.io',
    'mixed.example',
    'six.example',
    'mapped.example',
    'user@127.0.0.1',
    'u:p@example.com',
    '127.0.0.1.',
  ];

  it.each(hosts)('never reach http://%s', async (host) => {
    const error = await failure(client().request({ method: 'GET', url: `http://${host}:${port}/` }));
    expect(error.code).toBe('invalid');
    expect(error.errors).toEqual([expect.objectContaining({ code: 'url_not_allowed' })]);
    expect((await failure(client().check(`http://${host}:${port}/`))).code).toBe('invalid');
    expect(connects).toBe(0);
  });

  it.each([
    'http:127.0.0.1',
    'http:\\\\127.0.0.1\\',
    '127.0.0.1%2f@x',
    'file:///etc/passwd',
    'gopher://x/',
    'dict://x/',
    'ftp://x/',
    '',
    '//x',
    'http://',
  ])('refuse the address %j', async (url) => {
    expect((await failure(client().request({ method: 'GET', url }))).errors[0]?.code).toBe('url_not_allowed');
  });

  it.each([22, 25, 3306, 4222, 6379, 8222, 9090, 9093])('refuse port %d even on a public address', async (closed) => {
    const error = await failure(client().request({ method: 'GET', url: `http://example.com:${closed}/` }));
    expect(error.message).toBe(`port ${closed} is not allowed`);
  });

  it('refuse a user name or password in an address that is public otherwise', async () => {
    const error = await failure(client({ resolve: publicAddress }).check('https://u:p@example.com/'));
    expect(error.message).toBe('an address with user name or password is not allowed');
    await expect(client({ resolve: publicAddress }).check('https://example.com/')).resolves.toBeUndefined();
  });

  it('check the very answer they connect to, although the name changes its mind after it was saved', async () => {
    const answers = ['93.184.216.34', '127.0.0.1', '93.184.216.34'];
    const rebinding = client({ resolve: async () => [{ address: answers.shift() ?? '', family: 4 }] });
    await rebinding.check(`http://rebind.example:${port}/`);
    const error = await failure(rebinding.request({ method: 'GET', url: `http://rebind.example:${port}/` }));
    expect(error.errors[0]?.code).toBe('url_not_allowed');
    // One lookup per connection: a second one could differ from what was checked.
    expect(answers).toEqual(['93.184.216.34']);
    expect(connects).toBe(0);
  });

  it.each<[string, (port: number) => string, string]>([
    ['an origin', (at) => `http://127.0.0.1:${at}/any/path`, '127.0.0.1'],
    ['a host', () => 'n8n', 'n8n'],
    ['a host with port', (at) => `N8N:${at}`, 'n8n'],
    ['a network', () => '127.0.0.0/8', 'localtest.me'],
    ['an address', () => '127.0.0.1', '127.0.0.1'],
    ['an IPv6 origin', (at) => `http://[::1]:${at}`, '[::1]'],
  ])('may reach what the operator named by %s', async (_, allowed, host) => {
    const response = await client({ allow: [allowed(port)] }).request({
      method: 'POST',
      url: `http://${host}:${port}/`,
      headers: { 'x-sent': 'yes' },
      body: 'x',
    });
    expect([response.status, response.body, response.headers['x-seen']]).toEqual([200, 'hello', 'yes']);
  });

  it('stay within what the operator named', async () => {
    const url = (host: string): string => `http://${host}:${port}/`;
    const cases: [string, string][] = [
      [`http://127.0.0.1:${port + 1}`, url('127.0.0.1')],
      [`https://127.0.0.1:${port}`, url('127.0.0.1')],
      [`n8n:${port + 1}`, url('n8n')],
      ['10.0.0.0/8', url('127.0.0.1')],
      ['n8n', url('localtest.me')],
    ];
    for (const [allow, target] of cases) {
      expect((await failure(client({ allow: [allow] }).request({ method: 'GET', url: target }))).code).toBe('invalid');
    }
    expect(connects).toBe(0);
  });

  it('hand a redirect to the caller instead of following it', async () => {
    const local = client({ allow: [`http://127.0.0.1:${port}`] });
    const response = await local.request({ method: 'GET', url: `http://127.0.0.1:${port}/redirect` });
    expect([response.status, response.headers.location]).toEqual([302, '//169.254.169.254/']);
    expect(connects).toBe(1);
  });

  it('cut an answer that is too large', async () => {
    const local = client({ allow: [`http://127.0.0.1:${port}`] });
    const error = await failure(local.request({ method: 'GET', url: `http://127.0.0.1:${port}/large` }));
    expect([error.code, error.message]).toEqual(['unavailable', 'the answer is larger than 1048576 bytes']);
  });

  it.each(['/endless', '/silent'])('give up on %s when the time is over', async (path) => {
    const local = client({ allow: [`http://127.0.0.1:${port}`] });
    const error = await failure(
      local.request({ method: 'GET', url: `http://127.0.0.1:${port}${path}`, timeoutMs: 100 }),
    );
    expect([error.code, error.message]).toEqual(['deadline', 'no complete answer within 100 ms']);
  });

  it('break off when nobody wants the answer any more', async () => {
    const local = client({ allow: [`http://127.0.0.1:${port}`] });
    const controller = new AbortController();
    canary.once('request', () => controller.abort());
    const asked = local.request({ method: 'GET', url: `http://127.0.0.1:${port}/silent`, signal: controller.signal });
    expect((await failure(asked)).code).toBe('unavailable');
  });

  it('say that nobody listens without showing where', async () => {
    const free = createTcpServer();
    await new Promise<void>((done) => free.listen(0, '127.0.0.1', done));
    const closed = (free.address() as AddressInfo).port;
    await new Promise((done) => free.close(done));
    const error = await failure(client({ allow: ['n8n'] }).request({ method: 'GET', url: `http://n8n:${closed}/` }));
    expect([error.code, error.message]).toEqual(['unavailable', 'the request failed (ECONNREFUSED)']);
  });

  it('would be noticed by the canary if one got through', async () => {
    const probe = connect(port, '127.0.0.1');
    await new Promise((done) => probe.once('connect', done));
    await new Promise<void>((done) => (connects > 0 ? done() : canary.once('connection', () => done())));
    probe.destroy();
    expect(connects).toBe(1);
  });
});
