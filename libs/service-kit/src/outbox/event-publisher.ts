/** A row as it goes onto the bus. */
export interface OutboxMessage {
  /** Message id: the stream drops a repeat of it within its window, the receiver's inbox for ever. */
  id: string;
  subject: string;
  /** JSON text. */
  payload: string;
  headers: Record<string, string>;
}

/** The stream's word that it has the message. */
export interface PublishAck {
  stream: string;
  seq: number;
  /** Whether the stream had this id already; `seq` is then the number of the first copy. */
  duplicate: boolean;
}

/** What the relay needs from the bus. */
export interface EventPublisher {
  /** Resolves after the stream has acknowledged the message; rejects within a few seconds otherwise. */
  publish(message: OutboxMessage): Promise<PublishAck>;
  /** When the stream was created and its highest sequence number; null when there is no such stream. */
  streamState(stream: string): Promise<{ created: string; last_seq: number } | null>;
}
