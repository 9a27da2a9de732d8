import { DifyError } from './dify-error';

export type DifyEvent = Record<string, unknown>;

/** The events in text of a Dify stream that ends after a whole one; what was cut off counts as not sent. Errors: DifyError for an unreadable one. */
export function* eventsOf(text: string): Generator<DifyEvent> {
  // Blocks end with a blank line.
  const blocks = text.replaceAll('\r\n', '\n').split('\n\n').slice(0, -1);
  for (const block of blocks) {
    const data = block
      .split('\n')
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice('data:'.length).replace(/^ /, ''));
    // A bare `event: ping` keeps the connection alive.
    if (data.length > 0) yield parse(data.join('\n'));
  }
}

function parse(data: string): DifyEvent {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (error) {
    throw new DifyError('Dify sent an event that is not JSON', { cause: error });
  }
  const event = recordOf(value);
  if (!event) throw new DifyError('Dify sent an event that is not an object');
  return event;
}

/** The value if it is an object. */
export const recordOf = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
