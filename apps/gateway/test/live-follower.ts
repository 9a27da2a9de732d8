import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { pollUntil } from '@alertagent/local-stack';
import { ADMIN_TOKEN } from './alert-stand';

export interface FollowOptions {
  token?: string | null;
  lastEventId?: string;
  /** As it stands in the URL, e.g. `kinds=incident-opened`. */
  query?: string;
  method?: 'GET' | 'HEAD';
}

export interface SeenEvent {
  id: string;
  event: string;
  data: Record<string, unknown>;
}

/** One reader of `GET /api/v1/live`, by the rules of the event stream format. */
export class LiveFollower {
  readonly events: SeenEvent[] = [];
  /** What `Last-Event-ID` would say. */
  lastId = '';
  heartbeats = 0;
  /** `clean` when the other end finished the answer, `cut` when the connection broke. */
  ending: 'clean' | 'cut' | null = null;
  private rest = '';

  private constructor(
    private readonly sent: ClientRequest,
    readonly response: IncomingMessage,
  ) {
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.read(text));
    response.on('error', () => (this.ending ??= 'cut'));
    response.on('close', () => (this.ending ??= response.complete ? 'clean' : 'cut'));
  }

  static async open(url: string, options: FollowOptions = {}): Promise<LiveFollower> {
    const { token = ADMIN_TOKEN, lastEventId, query = '', method = 'GET' } = options;
    const headers = {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    };
    const sent = request(`${url}/api/v1/live?${query}`, { method, headers, agent: false });
    sent.on('error', () => undefined);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve).once('error', reject).end();
    });
    return new LiveFollower(sent, response);
  }

  /** A reader that knows where it is, so that what is published from now on will come. */
  static async ready(url: string, options: FollowOptions = {}): Promise<LiveFollower> {
    const follower = await LiveFollower.open(url, options);
    await pollUntil(() => follower.lastId, { what: 'a first position' });
    return follower;
  }

  get status(): number {
    return this.response.statusCode ?? 0;
  }

  /** The events of one kind. */
  of(kind: string): SeenEvent[] {
    return this.events.filter(({ event }) => event === kind);
  }

  /** Resolves when that many events of a kind have come. */
  async has(count: number, kind: string): Promise<SeenEvent[]> {
    return pollUntil(() => (this.of(kind).length >= count ? this.of(kind) : null), { what: `${count} of ${kind}` });
  }

  /** Breaks the connection. */
  close(): void {
    this.sent.destroy();
  }

  private read(text: string): void {
    this.rest += text;
    const frames = this.rest.split('\n\n');
    this.rest = frames.pop() ?? '';
    for (const frame of frames) this.frame(frame.split('\n'));
  }

  private frame(lines: string[]): void {
    const field = (name: string): string | undefined =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    this.lastId = field('id') ?? this.lastId;
    if (lines.includes(': heartbeat')) this.heartbeats += 1;
    const data = field('data');
    if (data === undefined) return;
    const payload = JSON.parse(data) as Record<string, unknown>;
    this.events.push({ id: this.lastId, event: field('event') ?? 'message', data: payload });
  }
}
