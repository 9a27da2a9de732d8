import { randomUUID } from 'node:crypto';
import {
  eventSubject,
  parsePayload,
  streamName,
  type EventContract,
  type RequestContract,
  type ServiceName,
} from '@alertagent/contracts';
import { connect, type NatsConnection } from 'nats';
import { JetStreamPublisher } from '../bus/jetstream-publisher';
import { NatsLink } from '../bus/nats-link';
import { decodeError, decodeMessage, encodeError, encodeMessage } from '../bus/wire-format';

type Answer = [contract: RequestContract<never, never>, reply: (query: never) => unknown];

/** Stands for another service on the bus, with the real wire format and the real contracts. */
export class FakePeer {
  private constructor(
    private readonly service: ServiceName,
    private readonly connection: NatsConnection,
    private readonly link: NatsLink,
  ) {}

  static async connect({
    natsUrl,
    service,
    answers = [],
  }: {
    natsUrl: string;
    service: ServiceName;
    answers?: Answer[];
  }): Promise<FakePeer> {
    const connection = await connect({ servers: natsUrl, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    const link = new NatsLink({ url: natsUrl, service });
    await link.whenOpen();
    const peer = new FakePeer(service, connection, link);
    await new JetStreamPublisher(link, service).ensureStream();
    for (const [contract, reply] of answers) peer.answer(contract, reply);
    await connection.flush();
    return peer;
  }

  /** Publishes an event as this service; returns its message id. The same id again is a redelivery. */
  async publish<T extends object>(
    contract: EventContract<T>,
    payload: NoInfer<T>,
    id: string = randomUUID(),
  ): Promise<string> {
    const checked = parsePayload(contract.payload, payload);
    await new JetStreamPublisher(this.link, this.service).publish({
      id,
      subject: eventSubject(contract, checked),
      payload: JSON.stringify(checked),
      headers: {},
    });
    return id;
  }

  /** Asks another service, without the caller's allow-list. */
  async request<Q extends object, A extends object>(contract: RequestContract<Q, A>, query: NoInfer<Q>): Promise<A> {
    const message = encodeMessage(query);
    const reply = await this.connection.request(contract.subject, message.data, {
      timeout: 10_000,
      headers: message.headers,
    });
    const failure = decodeError(reply.data, reply.headers);
    if (failure) throw failure;
    return parsePayload(contract.reply, decodeMessage(reply.data, reply.headers));
  }

  /** Every event of this kind that is in its stream now, oldest first. */
  async events<T extends object>(contract: EventContract<T>): Promise<T[]> {
    const manager = await this.connection.jetstreamManager();
    const stream = streamName(contract.owner);
    const info = await manager.streams.info(stream).catch(() => null);
    if (!info) return [];
    const found: T[] = [];
    for (let seq = info.state.first_seq; seq <= info.state.last_seq; seq++) {
      const stored = await manager.streams.getMessage(stream, { seq }).catch(() => null);
      if (stored?.subject.startsWith(`${contract.subject}.`)) {
        found.push(parsePayload(contract.payload, decodeMessage(stored.data, stored.header)));
      }
    }
    return found;
  }

  /** Takes the service's stream away, as a lost disk would; or only its events before a number, as their age would. */
  async loseStream(beforeSeq?: number): Promise<void> {
    const { streams } = await this.connection.jetstreamManager();
    const name = streamName(this.service);
    if (beforeSeq === undefined) await streams.delete(name);
    else await streams.purge(name, { seq: beforeSeq });
  }

  /** Leaves as a real service does: once this returns, the server hands it no question any more. */
  async close(): Promise<void> {
    const reachable = this.link.isUp;
    await this.link.close();
    // A connection that is only closed is sent questions for a moment more, and their askers would wait in vain.
    if (reachable && !this.connection.isClosed()) await this.connection.drain();
    else await this.connection.close();
  }

  private answer(contract: RequestContract<never, never>, reply: (query: never) => unknown): void {
    this.connection.subscribe(contract.subject, {
      queue: this.service,
      callback: (_error, message) => {
        void (async () => {
          try {
            const query = parsePayload(contract.request, decodeMessage(message.data, message.headers));
            const answer = encodeMessage(parsePayload(contract.reply, await reply(query)));
            message.respond(answer.data, { headers: answer.headers });
          } catch (error) {
            const failure = encodeError(error);
            message.respond(failure.data, { headers: failure.headers });
          }
        })();
      },
    });
  }
}

/** A pair for `FakePeer.connect({answers})`, typed by its contract. */
export const answers = <Q extends object, A extends object>(
  contract: RequestContract<Q, A>,
  reply: (query: Q) => A | Promise<A>,
): Answer => [contract as unknown as RequestContract<never, never>, reply as (query: never) => unknown];

/** Connects a `FakePeer`. */
export const fakePeer = FakePeer.connect;
