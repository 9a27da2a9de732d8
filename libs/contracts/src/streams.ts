import { eventsOf } from './registry';
import { SERVICE_NAMES, type ServiceName } from './services';

/** A JetStream stream: where one service's facts are kept for the others. */
export interface StreamDeclaration {
  readonly name: string;
  readonly owner: ServiceName;
  readonly subjects: string[];
  /** How long a fact can be redelivered, in milliseconds. */
  readonly maxAgeMs: number;
  /** Above this the stream refuses new messages (the outbox keeps them) rather than dropping old ones. */
  readonly maxBytes: number;
  /** Window in which the server itself drops a repeated message id; consumers stay idempotent without it. */
  readonly duplicateWindowMs: number;
}

export const streamName = (owner: ServiceName): string => `ALERTAGENT_${owner.toUpperCase()}`;

/**
 * One stream per owner. The subjects are those of its events and nothing else: a stream that also
 * caught request subjects would answer requests with its own acknowledgement.
 */
export const streams: readonly StreamDeclaration[] = SERVICE_NAMES.map((owner) => ({
  name: streamName(owner),
  owner,
  subjects: eventsOf(owner).map((event) => `${event.subject}.*`),
  maxAgeMs: 7 * 24 * 3_600_000,
  maxBytes: 512 * 1024 * 1024,
  duplicateWindowMs: 120_000,
})).filter((stream) => stream.subjects.length > 0);
