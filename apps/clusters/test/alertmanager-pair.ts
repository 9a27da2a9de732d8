import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort, pollUntil, startAlertmanager, type AlertmanagerServer } from '@alertagent/local-stack';

/** What a door does with the requests that it is told to spoil. */
type Spoiling = 'answers 500' | 'answers HTML' | 'passes on and hangs up' | 'freezes';

/** A way to a real Alertmanager that can be spoilt, and that counts what is written through it. */
export class Door {
  /** Methods and what to do with them; the rest passes. */
  spoilt = new Map<string, Spoiling>();
  readonly writes: string[] = [];
  private thawed: Promise<void> = Promise.resolve();
  private letGo: () => void = () => undefined;
  private readonly server: Server = createServer((request, response) => void this.take(request, response));

  private constructor(private readonly behind: string) {}

  static async open(behind: string): Promise<Door> {
    const door = new Door(behind);
    await new Promise<void>((done) => door.server.listen(0, '127.0.0.1', done));
    return door;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What it took while it was frozen goes on its way now. */
  thaw(): void {
    this.letGo();
  }

  async close(): Promise<void> {
    this.thaw();
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (method !== 'GET') this.writes.push(`${method} ${url}`);
    const spoiling = this.spoilt.get(method);
    if (spoiling === 'answers 500') return void response.writeHead(500).end('"out of order"');
    if (spoiling === 'answers HTML')
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in</html>');
    // As a stopped process: whatever reaches it from now on lies in its socket.
    if (spoiling === 'freezes') this.thawed = new Promise((resolve) => (this.letGo = resolve));
    await this.thawed;
    try {
      const answer = await fetch(this.behind + url, {
        method,
        headers: { 'content-type': 'application/json' },
        body: method === 'GET' ? undefined : Buffer.concat(chunks).toString(),
      });
      if (spoiling === 'passes on and hangs up') return void request.socket.destroy();
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    } catch {
      request.socket.destroy();
    }
  }
}

/** Two real Alertmanagers that gossip, each behind a door. */
export class AlertmanagerPair {
  private constructor(
    readonly servers: readonly [AlertmanagerServer, AlertmanagerServer],
    readonly doors: readonly [Door, Door],
  ) {}

  static async start(): Promise<AlertmanagerPair> {
    const ports = [await freePort(), await freePort()] as const;
    // Both name each other, so that either may be killed and come back.
    const peers = ports.map((port) => `127.0.0.1:${port}`);
    const first = await startAlertmanager({ gossip: { port: ports[0], peers } });
    const second = await startAlertmanager({ gossip: { port: ports[1], peers } });
    const pair = new AlertmanagerPair([first, second], [await Door.open(first.url), await Door.open(second.url)]);
    await pair.untilJoined();
    return pair;
  }

  get addresses(): { url: string }[] {
    return this.doors.map(({ url }) => ({ url }));
  }

  get writes(): string[] {
    return this.doors.flatMap(({ writes }) => writes);
  }

  /** Doors as at the start; forgets what went through them. */
  mend(): void {
    for (const door of this.doors) {
      door.spoilt.clear();
      door.thaw();
      door.writes.length = 0;
    }
  }

  async untilJoined(): Promise<void> {
    const peersOf = async ({ url }: AlertmanagerServer): Promise<number> => {
      const { cluster } = (await (await fetch(`${url}/api/v2/status`)).json()) as { cluster: { peers: unknown[] } };
      return cluster.peers.length;
    };
    await pollUntil(async () => (await Promise.all(this.servers.map(peersOf))).every((peers) => peers === 2), {
      what: 'both Alertmanagers gossip',
      timeoutMs: 60_000,
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.doors.map((door) => door.close()));
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}

/** A silence as an Alertmanager itself lists it. */
export interface ListedSilence {
  id: string;
  comment: string;
  endsAt: string;
  status: { state: string };
  matchers: { name: string; value: string }[];
}

/** Those of one Alertmanager, asked without AlertAgent, whose first matcher has this value. */
export async function silencesAt(url: string, value: string): Promise<ListedSilence[]> {
  const all = (await (await fetch(`${url}/api/v2/silences`)).json()) as ListedSilence[];
  return all.filter(({ matchers }) => matchers.some((matcher) => matcher.value === value));
}

/** Fires an alert at one Alertmanager alone. */
export async function fire(url: string, labels: Record<string, string>): Promise<void> {
  const answer = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ labels, annotations: { summary: 'from a test' } }]),
  });
  if (!answer.ok) throw new Error(`Alertmanager answered ${answer.status}`);
}
