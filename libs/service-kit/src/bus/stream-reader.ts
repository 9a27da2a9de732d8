import { ServiceError } from '@alertagent/contracts';
import { AckPolicy, DeliverPolicy, NatsError, type Msg, type NatsConnection } from 'nats';
import type { NatsLink } from './nats-link';
import { decodeText } from './wire-format';

/** The server sends a sign of life this often when it has nothing else to send, in milliseconds. */
const HEARTBEAT_MS = 1_000;
/** Without one for this long the consumer is taken for lost. */
const SILENCE_MS = 3 * HEARTBEAT_MS;
/** How long the server keeps a consumer that nobody listens to, in milliseconds. */
const ABANDONED_MS = 5_000;

/** Which stream it is, and what it holds. */
export interface StreamState {
  /** When it was created, as the server writes it: another time means another stream. */
  created: string;
  /** Number of the oldest event kept; one above `lastSeq` when it holds none. */
  firstSeq: number;
  /** Number of the newest event ever kept; 0 when there was none. */
  lastSeq: number;
}

/** One event as it stands in a stream. */
export interface StoredEvent {
  seq: number;
  /** When the stream took it, epoch milliseconds. */
  storedAt: number;
  subject: string;
  /** JSON text; null when the message cannot be read. */
  text: string | null;
}

/**
 * Reads a stream from any point, in order and without acknowledging: for those who follow facts instead of working on them. Each
 * reading has a consumer of its own that is gone with it.
 */
export class StreamReader {
  /** @param stream name of the stream */
  constructor(
    private readonly link: NatsLink,
    readonly stream: string,
  ) {}

  /** What the stream is now; null when there is none. Error: `unavailable`. */
  async state(): Promise<StreamState | null> {
    const connection = this.link.current();
    try {
      const manager = await connection.jetstreamManager({ checkAPI: false, timeout: 3_000 });
      const { created, state } = await manager.streams.info(this.stream);
      return { created: String(created), firstSeq: state.first_seq, lastSeq: state.last_seq };
    } catch (error) {
      if (error instanceof NatsError && error.api_error?.code === 404) return null;
      throw new ServiceError('unavailable', 'the stream could not be inspected', { cause: error });
    }
  }

  /**
   * The events from number `from` on, then those that come, until `signal` aborts. Who takes its time slows the server down, not
   * the process. Error: `unavailable` as soon as one may be missing; read on from the last one seen.
   */
  async *read(from: number, signal: AbortSignal): AsyncGenerator<StoredEvent, void, void> {
    if (signal.aborted) return;
    const connection = this.link.current();
    const reading = new Reading(connection, this.link.newInbox());
    const stop = (): void => reading.stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await this.createConsumer(connection, reading.inbox, Math.max(1, from));
      for await (const message of reading.messages()) yield storedEvent(message);
    } finally {
      signal.removeEventListener('abort', stop);
      reading.stop();
    }
    if (!signal.aborted) throw new ServiceError('unavailable', 'the stream is not delivered any more');
  }

  /** By the API for consumers without a name on every server: the permissions name exactly this subject. */
  private async createConsumer(connection: NatsConnection, inbox: string, from: number): Promise<void> {
    try {
      const manager = await connection.jetstreamManager({ checkAPI: false, timeout: 3_000 });
      await manager.consumers.add(this.stream, {
        deliver_subject: inbox,
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: from,
        ack_policy: AckPolicy.None,
        max_deliver: 1,
        flow_control: true,
        idle_heartbeat: HEARTBEAT_MS * 1e6,
        inactive_threshold: ABANDONED_MS * 1e6,
        mem_storage: true,
        num_replicas: 1,
      });
    } catch (error) {
      throw new ServiceError('unavailable', 'the stream could not be read', { cause: error });
    }
  }
}

/** One subscription to what a consumer pushes; it ends when a message is missing or the server falls silent. */
class Reading {
  /** How many messages the consumer has delivered here. */
  private delivered = 0;
  private watchdog: NodeJS.Timeout | undefined;
  private readonly subscription;

  constructor(
    private readonly connection: NatsConnection,
    readonly inbox: string,
  ) {
    this.subscription = connection.subscribe(inbox);
  }

  stop(): void {
    clearTimeout(this.watchdog);
    this.subscription.unsubscribe();
  }

  async *messages(): AsyncGenerator<Msg, void, void> {
    this.expectSign();
    for await (const message of this.subscription) {
      clearTimeout(this.watchdog);
      if (isControl(message)) {
        if (this.missedSome(message)) return;
        this.answer(message);
      } else {
        this.delivered += 1;
        if (numberOf(message, 'consumer') !== this.delivered) return;
        yield message;
      }
      this.expectSign();
    }
  }

  /** In its turn, after the messages before it: that is what slows the server down to our pace. */
  private answer({ reply, headers }: Msg): void {
    const subject = reply || headers?.get('Nats-Consumer-Stalled');
    if (subject && !this.connection.isClosed()) this.connection.publish(subject);
  }

  private expectSign(): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.subscription.unsubscribe(), SILENCE_MS);
  }

  /** A sign of life says how many messages were sent before it. */
  private missedSome({ headers }: Msg): boolean {
    const sent = headers?.get('Nats-Last-Consumer');
    return sent !== undefined && sent !== '' && Number(sent) > this.delivered;
  }
}

/** Signs of life and requests to confirm what was read carry a status and no data; stored messages never do. */
const isControl = ({ data, headers }: Msg): boolean => data.length === 0 && (headers?.code ?? 0) >= 100;

const POSITIONS = { stream: 5, consumer: 6, time: 7 } as const;

/** A number out of the reply subject `$JS.ACK.[domain.account.]stream.consumer.deliveries.stream-seq.consumer-seq.time.pending[.random]`. */
function numberOf({ reply = '' }: Msg, what: keyof typeof POSITIONS): number {
  const tokens = reply.split('.');
  return Number(tokens[POSITIONS[what] + (tokens.length > 9 ? 2 : 0)]);
}

function storedEvent(message: Msg): StoredEvent {
  return {
    seq: numberOf(message, 'stream'),
    storedAt: Math.floor(numberOf(message, 'time') / 1e6),
    subject: message.subject,
    text: textOf(message),
  };
}

function textOf({ data, headers }: Msg): string | null {
  try {
    return decodeText(data, headers);
  } catch {
    return null;
  }
}
