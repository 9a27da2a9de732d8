import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type { BacktestView, RuleImportView } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import type { HostileRow, Scene } from '../row';

/** Ways to write an address of this machine, or of what only machines in its network may reach. `PORT` is one where somebody listens. */
const ADDRESSES = [
  'http://127.0.0.1:PORT',
  'http://127.1:PORT',
  'http://2130706433:PORT',
  'http://0x7f000001:PORT',
  'http://0177.0.0.1:PORT',
  'http://0:PORT',
  'http://①②⑦.0.0.1:PORT',
  'http://127.0.0.1.:PORT',
  'http://localhost:PORT',
  'http://LOCALHOST:PORT',
  'http://[::1]:PORT',
  'http://[::]:PORT',
  'http://[::ffff:127.0.0.1]:PORT',
  'http://[::127.0.0.1]:PORT',
  'http://[64:ff9b::7f00:1]:PORT',
  'http://[fe80::1]',
  'http://[fd00::1]',
  'http://169.254.169.254',
  'http://100.100.100.200',
  'http://168.63.129.16',
  'http://10.0.0.1',
  'http://192.168.0.1',
  'http://224.0.0.1',
  'http://user@127.0.0.1:PORT',
  'http://127.0.0.1%2f@x',
  'http://example.com#@127.0.0.1:PORT',
  'http:127.0.0.1:PORT',
  'http:\\\\127.0.0.1:PORT',
  'http://127.0.0.1:PORT\\@example.com',
  'file:///etc/passwd',
  'gopher://127.0.0.1:PORT',
  'dict://127.0.0.1:PORT',
  ...[22, 25, 3306, 4222, 6379, 8222, 9090, 9093].map((port) => `http://93.184.215.14:${port}`),
];

/** Somebody on this machine whom nobody should visit. */
class Trap {
  visits = 0;

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.visits += 1;
      socket.destroy();
    });
  }

  static async set(): Promise<Trap> {
    const server = createServer().listen(0, '::');
    await once(server, 'listening');
    return new Trap(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async remove(): Promise<void> {
    this.server.close();
    await once(this.server, 'close');
  }
}

interface Order {
  what: string;
  address: string;
  order: { path: string; body: object };
}

function orders(address: string): Order[] {
  const rule = { expression: 'up == 0' };
  return [
    { what: 'import', address, order: { path: '/rules/import', body: { source: { url: address } } } },
    { what: 'backtest', address, order: { path: '/rules/backtest', body: { rule, source: { url: address } } } },
  ];
}

/** What came of an order: refused at once with a pointer to the address, or over without having been asked. */
async function outcome({ stand }: Scene, { what, address, order }: Order): Promise<string[]> {
  type Answer = { id?: string; code?: string; errors?: { pointer: string }[] };
  const { status, body } = await stand.call<Answer>('POST', order.path, order.body);
  const is = (text: string): string[] => [`${what} from ${address}: ${text}`];
  if (status === 400) return body.errors?.[0]?.pointer === '/source/url' ? [] : is(JSON.stringify(body));
  if (status !== 202) return is(`answered ${status}`);
  const path = `${what === 'import' ? '/rules/imports' : '/rules/backtests'}/${body.id}`;
  const ended = await pollUntil(
    async () => {
      const view = await stand.get<RuleImportView | BacktestView>(path);
      return view.ended_at ? view : null;
    },
    { what: `the end of the ${what}`, timeoutMs: 30_000, intervalMs: 50 },
  ).catch(() => null);
  if (ended === null) return is('does not end');
  return ended.state === 'failed' && ended.error?.includes('outbound_allow')
    ? []
    : is(`${ended.state}, ${String(ended.error)}`);
}

async function visitsNobody(scene: Scene): Promise<string[]> {
  const trap = await Trap.set();
  try {
    const wrong: string[] = [];
    for (const order of ADDRESSES.flatMap((written) => orders(written.replace('PORT', String(trap.port))))) {
      wrong.push(...(await outcome(scene, order)));
      if (trap.visits > 0) return [...wrong, `the ${order.what} went to ${order.address}`];
    }
    return wrong;
  } finally {
    await trap.remove();
  }
}

export const ssrfRows: readonly HostileRow[] = [
  {
    id: 'B45',
    summary: 'addresses of this machine and its network, however they are written: nobody is visited',
    *cases() {},
    afterwards: visitsNobody,
  },
];
