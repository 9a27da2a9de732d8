import { DifyError } from './dify-error';
import { quoted } from './model-error';

/**
 * The answer in a Dify event stream, as plain, agent and flow apps send it. Events of unknown kinds are skipped.
 *
 * Errors: DifyError for an `error` event (which comes with HTTP 200), a failed, stopped or paused run, an unreadable event,
 * and a stream that ends without its final event.
 */
export function answerOfStream(text: string): string {
  const reader = new StreamReader();
  for (const event of eventsOf(text)) reader.take(event);
  return reader.answer();
}

class StreamReader {
  private text = '';
  private hasAgentChunks = false;
  private isEnded = false;

  take(event: Record<string, unknown>): void {
    switch (event['event']) {
      case 'message':
        // After an agent's pieces comes one message with the whole answer; other apps send the pieces as messages.
        this.text = this.hasAgentChunks ? pieceOf(event) : this.text + pieceOf(event);
        break;
      case 'agent_message':
        this.hasAgentChunks = true;
        this.text += pieceOf(event);
        break;
      case 'message_replace':
        this.text = pieceOf(event);
        break;
      case 'message_end':
        this.isEnded = true;
        break;
      case 'workflow_finished':
        refuseUnfinished(event['data']);
        break;
      case 'workflow_paused':
      case 'human_input_required':
        throw new DifyError('the Dify app waits for a person');
      case 'error':
        throw new DifyError(`Dify reported an error (${quoted(event['code'])}): ${quoted(event['message'])}`);
      default:
        break;
    }
  }

  answer(): string {
    if (!this.isEnded) throw new DifyError("Dify's answer broke off");
    return this.text;
  }
}

const pieceOf = (event: Record<string, unknown>): string =>
  typeof event['answer'] === 'string' ? event['answer'] : '';

function refuseUnfinished(data: unknown): void {
  const run = isRecord(data) ? data : {};
  if (run['status'] !== 'succeeded' && run['status'] !== 'partial-succeeded') {
    throw new DifyError(`the Dify run ended as ${quoted(run['status'])}: ${quoted(run['error'])}`);
  }
}

function* eventsOf(text: string): Generator<Record<string, unknown>> {
  // Blocks end with a blank line; what follows the last one was cut off and counts as not sent.
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

function parse(data: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (error) {
    throw new DifyError('Dify sent an event that is not JSON', { cause: error });
  }
  if (!isRecord(value)) throw new DifyError('Dify sent an event that is not an object');
  return value;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
