/** A point in the gateway's stream of facts: after this event. */
export interface LivePosition {
  /** When the stream was created, epoch milliseconds: tells it from one that was created again later. */
  created: number;
  /** The event's number; 0 before the first one. */
  seq: number;
  /** When the stream took that event, epoch milliseconds; 0 when nobody knows. A number that was given out twice is noticed by it. */
  storedAt: number;
}

const FORM = /^([0-9a-z]{1,10})-(0|[1-9][0-9]{0,15})-([0-9a-z]{1,10})$/;

/** The position as an event id. All gateways give the same event the same id. */
export function positionText({ created, seq, storedAt }: LivePosition): string {
  return `${created.toString(36)}-${seq}-${storedAt.toString(36)}`;
}

/** Reads an event id back; null when it is none of ours. */
export function parsePosition(text: string): LivePosition | null {
  const [, created, seq, storedAt] = FORM.exec(text) ?? [];
  if (created === undefined || seq === undefined || storedAt === undefined) return null;
  return { created: parseInt(created, 36), seq: Number(seq), storedAt: parseInt(storedAt, 36) };
}
