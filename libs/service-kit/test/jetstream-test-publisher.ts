import { connect, headers, nanos, DiscardPolicy, type NatsConnection } from 'nats';
import type { EventPublisher, OutboxMessage, PublishAck } from '../src/outbox/event-publisher';
import { noteWritten } from './note-written';

export const STREAM = 'NOTES';

/** Publishes to a real JetStream, re-creating its stream when a publication finds none. */
export class JetStreamTestPublisher implements EventPublisher {
  private connection: Promise<NatsConnection> | undefined;
  private ensured = false;

  constructor(private readonly url: string) {}

  async publish({ id, subject, payload, headers: fields }: OutboxMessage): Promise<PublishAck> {
    try {
      const connection = await this.connected();
      await this.ensureStream(connection);
      const wire = headers();
      for (const [name, value] of Object.entries(fields)) wire.set(name, value);
      const { stream, seq, duplicate } = await connection
        .jetstream({ timeout: 2_000 })
        .publish(subject, payload, { msgID: id, headers: wire });
      return { stream, seq, duplicate };
    } catch (error) {
      this.ensured = false;
      throw error;
    }
  }

  async streamState(stream: string): Promise<{ created: string; last_seq: number } | null> {
    const manager = await (await this.connected()).jetstreamManager({ timeout: 2_000 });
    const found = (await manager.streams.list().next()).find(({ config }) => config.name === stream);
    return found ? { created: String(found.created), last_seq: found.state.last_seq } : null;
  }

  async messages(): Promise<{ id: string; subject: string; number: number; headers: Record<string, string> }[]> {
    const manager = await (await this.connected()).jetstreamManager();
    const { state } = await manager.streams.info(STREAM);
    const messages = [];
    for (let seq = state.first_seq; seq <= state.last_seq && seq > 0; seq += 1) {
      const message = await manager.streams.getMessage(STREAM, { seq });
      const { number } = message.json<{ number: number }>();
      const fields = Object.fromEntries(message.header.keys().map((name) => [name, message.header.get(name)]));
      messages.push({ id: message.header.get('Nats-Msg-Id'), subject: message.subject, number, headers: fields });
    }
    return messages;
  }

  async limitTo(maxMessages: number): Promise<void> {
    const manager = await (await this.connected()).jetstreamManager();
    const { config } = await manager.streams.info(STREAM);
    await manager.streams.update(STREAM, { ...config, max_msgs: maxMessages });
  }

  async close(): Promise<void> {
    await (await this.connection)?.close();
  }

  private connected(): Promise<NatsConnection> {
    this.connection ??= connect({
      servers: this.url,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
      timeout: 1_000,
    }).catch((error: unknown) => {
      this.connection = undefined;
      throw error;
    });
    return this.connection;
  }

  private async ensureStream(connection: NatsConnection): Promise<void> {
    if (this.ensured) return;
    const manager = await connection.jetstreamManager({ timeout: 2_000 });
    const exists = (await manager.streams.list().next()).some(({ config }) => config.name === STREAM);
    if (!exists) {
      const subjects = [`${noteWritten.subject}.*`];
      await manager.streams.add({
        name: STREAM,
        subjects,
        discard: DiscardPolicy.New,
        duplicate_window: nanos(120_000),
      });
    }
    this.ensured = true;
  }
}
