import { connect } from 'nats';
import type { Stand } from './stand';

/** The outbox of the gateway compared with what subscribers can receive. */
export interface PublishedEvents {
  inStream: number;
  /** Messages whose id is in the stream more than once. */
  repeated: number;
  /** Rows of the outbox whose id is not in the stream. */
  missing: number;
}

const STREAM_PATIENCE_MS = 2_000;

/** Reads every message id in the streams of the gateway's events. Errors: NATS does not answer. */
export async function publishedEvents(stand: Stand): Promise<PublishedEvents> {
  const rows = await stand.database.query<{ id: string; stream: string | null }>(
    'SELECT id, stream FROM gateway_outbox',
  );
  const seen = new Map<string, number>();
  const connection = await connect({ servers: stand.nats.url });
  try {
    for (const stream of new Set(rows.flatMap((row) => row.stream ?? []))) {
      const manager = await connection.jetstreamManager();
      const { state } = await manager.streams.info(stream);
      if (state.messages === 0) continue;
      const consumer = await connection.jetstream().consumers.get(stream);
      const messages = await consumer.fetch({
        max_messages: state.messages,
        expires: Math.max(STREAM_PATIENCE_MS, state.messages),
      });
      let left = state.messages;
      for await (const message of messages) {
        const id = message.headers?.get('Nats-Msg-Id') ?? '';
        seen.set(id, (seen.get(id) ?? 0) + 1);
        left -= 1;
        if (left === 0) break;
      }
    }
  } finally {
    await connection.close();
  }
  const counts = [...seen.values()];
  return {
    inStream: counts.reduce((sum, count) => sum + count, 0),
    repeated: counts.filter((count) => count > 1).length,
    missing: rows.filter(({ id }) => !seen.has(id)).length,
  };
}
