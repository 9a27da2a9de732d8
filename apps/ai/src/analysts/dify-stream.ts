import { DifyError } from './dify-error';
import { eventsOf, recordOf, type DifyEvent } from './dify-events';
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

  take(event: DifyEvent): void {
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

const pieceOf = (event: DifyEvent): string => (typeof event['answer'] === 'string' ? event['answer'] : '');

function refuseUnfinished(data: unknown): void {
  const run = recordOf(data) ?? {};
  if (run['status'] !== 'succeeded' && run['status'] !== 'partial-succeeded') {
    throw new DifyError(`the Dify run ended as ${quoted(run['status'])}: ${quoted(run['error'])}`);
  }
}
