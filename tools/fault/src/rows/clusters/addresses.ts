import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RowContext } from '../../row';
import type { Stand } from '../../stand';

/** Many addresses of clusters on one port, told apart by their path: each answers, refuses or hangs, and knows when it was asked. */
export class Addresses {
  /** Those that take the connection and never answer. */
  readonly hanging = new Set<string>();
  /** Those that answer with 503. */
  readonly ill = new Set<string>();
  /** When each was asked, on the monotonic clock. */
  readonly asked = new Map<string, number[]>();
  private readonly held: ServerResponse[] = [];
  private readonly server: Server = createServer((request, response) => {
    const name = request.url?.split('/')[1] ?? '';
    this.asked.set(name, [...(this.asked.get(name) ?? []), performance.now()]);
    if (this.hanging.has(name)) return void this.held.push(response);
    response.writeHead(this.ill.has(name) ? 503 : 200).end();
  });

  /** Listens until the row is over. */
  static async open({ later }: RowContext): Promise<Addresses> {
    const addresses = new Addresses();
    await new Promise<void>((done) => addresses.server.listen(0, '127.0.0.1', done));
    later(() => {
      addresses.server.closeAllConnections();
      addresses.server.close();
    });
    return addresses;
  }

  /** Everything that hangs is answered, and nothing hangs any more. */
  release(): void {
    this.hanging.clear();
    for (const response of this.held.splice(0)) response.writeHead(200).end();
  }

  of(name: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${name}`;
  }
}

/** The clusters service may ask addresses of this machine. */
export const ADDRESSES_ALLOWED = { security: { outbound_allow: ['127.0.0.0/8'] } };

/** Registers a cluster over REST and answers its id and tokens. */
export async function register(stand: Stand, cluster: object): Promise<{ id: string; tokens: Record<string, string> }> {
  const answer = await stand.call<{ id: string; tokens: Record<string, string> }>('POST', '/clusters', cluster);
  if (answer.status !== 201) throw new Error(`the cluster was refused with ${answer.status}`);
  return answer.body;
}
