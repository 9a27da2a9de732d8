import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tcpProbe } from '../src/processes/tcp-probe';
import { writeNatsConfig } from '../src/servers/nats-config';
import { startNats, type NatsServer } from '../src/servers/start-nats';
import { freePort } from '../src/free-port';
import { withTempDir } from '../src/temp-dir';

jest.mock('../src/free-port', () => {
  const real = jest.requireActual<typeof import('../src/free-port')>('../src/free-port');
  return { ...real, freePort: jest.fn(real.freePort) };
});

const gateway = {
  user: 'gate"way',
  password: 'p\\a"ss # $HOME {x}',
  publish: ['orders.>'],
  subscribe: ['_INBOX.gateway.>'],
};

function say(server: NatsServer, password: string, then: string, until: RegExp): Promise<string> {
  const hello = JSON.stringify({ user: gateway.user, pass: password, verbose: false });
  return tcpProbe(server.port, (answer) => until.test(answer), `CONNECT ${hello}\r\n${then}PING\r\n`);
}

describe('writeNatsConfig', () => {
  it.each([
    ['no user at all', []],
    ['a name used twice', [gateway, gateway]],
    ['an empty password', [{ ...gateway, password: '' }]],
    ['a line end in a name', [{ ...gateway, user: 'a\n}' }]],
    ['a password that reads like a hash', [{ ...gateway, password: '$2a$10$abc' }]],
    ['a subject with a blank', [{ ...gateway, publish: ['a b'] }]],
  ])('refuses %s', (_what, users) => {
    expect(() => writeNatsConfig(users)).toThrow();
  });
});

describe('startNats', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNats({ users: [gateway] });
  });
  afterAll(() => server.stop());

  it('offers JetStream on loopback', async () => {
    expect(server.url).toBe(`nats://127.0.0.1:${server.port}`);
    expect(await tcpProbe(server.port, (answer) => answer.includes('\r\n'))).toContain('"jetstream":true');
  });

  it('lets a user in whose name and password are full of special characters, and nobody else', async () => {
    expect(await say(server, gateway.password, '', /PONG|-ERR/)).toContain('PONG');
    expect(await say(server, 'wrong', '', /PONG|-ERR/)).toContain('Authorization Violation');
  });

  it('lets a user publish and subscribe only where its lists allow it', async () => {
    expect(
      await say(server, gateway.password, 'PUB orders.new 0\r\n\r\nSUB _INBOX.gateway.1 1\r\n', /PONG/),
    ).not.toContain('-ERR');
    expect(await say(server, gateway.password, 'PUB rules.new 0\r\n\r\n', /-ERR/)).toContain(
      'Permissions Violation for Publish',
    );
    expect(await say(server, gateway.password, 'SUB orders.new 1\r\n', /-ERR/)).toContain(
      'Permissions Violation for Subscription',
    );
  });

  it('answers again on the same port after a crash and a restart', async () => {
    const { port, pid } = server;
    server.kill('SIGKILL');
    expect(await server.exited).toBeNull();
    await server.restart();
    expect(server.port).toBe(port);
    expect(server.pid).not.toBe(pid);
    expect(await say(server, gateway.password, '', /PONG|-ERR/)).toContain('PONG');
  });

  describe('when the port is taken', () => {
    let stranger: Server;
    let taken: number;
    beforeEach(async () => {
      taken = await freePort();
      stranger = createServer((socket) => socket.end('INFO {}\r\n'));
      await new Promise<void>((resolve) => stranger.listen(taken, '127.0.0.1', resolve));
    });
    afterEach(async () => {
      await new Promise((resolve) => stranger.close(resolve));
    });

    it('fails with the last log lines if the caller asked for that port', async () => {
      await expect(startNats({ port: taken })).rejects.toThrow(/address already in use/);
    });

    it('takes another port if the port was of our own choosing', async () => {
      jest.mocked(freePort).mockResolvedValueOnce(taken);
      const other = await startNats();
      expect(other.port).not.toBe(taken);
      await other.stop();
    });
  });

  it('keeps a data directory that was given to it, and removes its own', async () => {
    await withTempDir(async (dataDir) => {
      const kept = await startNats({ dataDir });
      await kept.stop();
      await kept.stop();
      expect(existsSync(dataDir)).toBe(true);
    });
    const own = await startNats();
    const folder = /Starting JetStream[\s\S]*Store Directory: +"([^"]+)"/.exec(own.log())?.[1] ?? '';
    expect(existsSync(folder)).toBe(true);
    await own.stop();
    expect(existsSync(folder)).toBe(false);
  });
});
