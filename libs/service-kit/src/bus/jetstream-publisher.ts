import { ServiceError, streams, type ServiceName, type StreamDeclaration } from '@alertagent/contracts';
import { DiscardPolicy, NatsError, RetentionPolicy, StorageType, type JetStreamManager, type StreamConfig } from 'nats';
import type { NatsLink } from './nats-link';
import { encodeJson } from './wire-format';

/** One outbox row as it goes onto the bus. */
export interface PublishableRow {
  id: string;
  subject: string;
  /** JSON text. */
  payload: string;
  headers: Record<string, string>;
}

/** The server's word that it has the message. */
export interface PublishedAt {
  stream: string;
  seq: number;
  duplicate: boolean;
}

/** Puts outbox rows into the service's own stream, which it creates and re-creates. */
export class JetStreamPublisher {
  private ensured = false;

  constructor(
    private readonly link: NatsLink,
    private readonly service: ServiceName,
    /** Told when somebody changed the stream so that it could lose messages, and that this was undone. */
    private readonly onRepair: (stream: string, found: Partial<StreamConfig>) => void = () => undefined,
  ) {}

  /** Publishes with the row's id as message id; resolves after the server's acknowledgement. */
  async publish(row: PublishableRow): Promise<PublishedAt> {
    const connection = this.link.current();
    try {
      await this.ensureStream();
      const message = encodeJson(row.payload, row.headers);
      const ack = await connection
        .jetstream({ timeout: 5_000 })
        .publish(row.subject, message.data, { msgID: row.id, headers: message.headers, timeout: 5_000 });
      return { stream: ack.stream, seq: ack.seq, duplicate: ack.duplicate };
    } catch (error) {
      // No responders on the subject: the stream was lost; look again before the next try.
      this.ensured = false;
      if (error instanceof ServiceError) throw error;
      throw new ServiceError('unavailable', 'the event could not be published', { cause: error });
    }
  }

  /** When the stream was created and how far it goes; null when it does not exist. Undoes what somebody changed in our own. */
  async streamState(name: string): Promise<{ created: string; last_seq: number } | null> {
    const manager = await this.manager();
    try {
      const info = await manager.streams.info(name);
      if (name === this.declared?.name && differs(info.config, wantedOf(this.declared))) {
        this.ensured = false;
        await this.ensureStream();
      }
      return { created: String(info.created), last_seq: info.state.last_seq };
    } catch (error) {
      if (isNotFound(error)) return null;
      throw new ServiceError('unavailable', 'the stream could not be inspected', { cause: error });
    }
  }

  /** Creates the service's stream, or brings its subjects and limits up to date. */
  async ensureStream(): Promise<void> {
    if (this.ensured) return;
    const { declared } = this;
    if (!declared) return;
    const manager = await this.manager();
    const wanted = wantedOf(declared);
    const existing = await manager.streams.info(declared.name).catch((error: unknown) => {
      if (isNotFound(error)) return null;
      throw error;
    });
    if (!existing) {
      await manager.streams.add({
        name: declared.name,
        retention: RetentionPolicy.Limits,
        storage: StorageType.File,
        ...wanted,
      });
    } else if (differs(existing.config, wanted)) {
      await manager.streams.update(declared.name, { ...existing.config, ...wanted });
      this.onRepair(declared.name, differences(existing.config, wanted));
    }
    this.ensured = true;
  }

  private get declared(): StreamDeclaration | undefined {
    return streams.find((stream) => stream.owner === this.service);
  }

  private manager(): Promise<JetStreamManager> {
    return this.link.current().jetstreamManager({ checkAPI: false, timeout: 5_000 });
  }
}

function wantedOf(declared: StreamDeclaration): Partial<StreamConfig> {
  return {
    subjects: declared.subjects,
    max_age: declared.maxAgeMs * 1e6,
    max_bytes: declared.maxBytes,
    duplicate_window: declared.duplicateWindowMs * 1e6,
    // Refusing new messages keeps them in the outbox; discarding old ones would lose them silently.
    discard: DiscardPolicy.New,
  };
}

/** What the stream has where something else is wanted. */
function differences(existing: StreamConfig, wanted: Partial<StreamConfig>): Partial<StreamConfig> {
  const names = Object.keys(wanted) as (keyof StreamConfig)[];
  return Object.fromEntries(
    names.filter((name) => String(existing[name]) !== String(wanted[name])).map((name) => [name, existing[name]]),
  );
}

const differs = (existing: StreamConfig, wanted: Partial<StreamConfig>): boolean =>
  Object.keys(differences(existing, wanted)).length > 0;

function isNotFound(error: unknown): boolean {
  return error instanceof NatsError && error.api_error?.code === 404;
}
