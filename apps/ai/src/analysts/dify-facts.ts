import type { CallTrace } from './call-trace';
import { eventsOf, recordOf, type DifyEvent } from './dify-events';
import { reportedUsage } from './reported-usage';

/** Picks out of a stream, while it arrives, what is to be known of the call even when it does not end well. */
export class DifyFacts {
  private rest = '';
  private hasMessageUsage = false;
  private readonly nodes = { prompt_tokens: 0, completion_tokens: 0, total_price: null as number | null };

  constructor(private readonly trace: CallTrace) {}

  /** The next piece of the stream; never throws, whatever is in it. */
  take(text: string): void {
    this.rest = (this.rest + text).replaceAll('\r\n', '\n');
    const end = this.rest.lastIndexOf('\n\n');
    if (end < 0) return;
    const whole = this.rest.slice(0, end + 2);
    this.rest = this.rest.slice(end + 2);
    try {
      for (const event of eventsOf(whole)) this.note(event);
    } catch {
      // Who reads the answer says what is wrong with it.
    }
  }

  /** What a run says it took, which is only how many tokens; its nodes say which kind and at what price, unless one of them was not heard. */
  took(total_tokens: unknown): void {
    const { prompt_tokens, completion_tokens } = this.nodes;
    this.trace.report(prompt_tokens + completion_tokens === total_tokens ? this.nodes : { total_tokens });
  }

  private note(event: DifyEvent): void {
    const { task_id, workflow_run_id, message_id } = event;
    if (isName(task_id)) this.trace.taskId = task_id;
    if (isName(workflow_run_id)) this.trace.runId = workflow_run_id;
    if (isName(message_id)) this.trace.messageId = message_id;
    const data = recordOf(event['data']);
    switch (event['event']) {
      case 'message':
      case 'agent_message':
        if (typeof event['answer'] === 'string') this.trace.wrote(event['answer']);
        break;
      case 'text_chunk':
        if (typeof data?.['text'] === 'string') this.trace.wrote(data['text']);
        break;
      case 'message_end':
        this.noteMessageUsage(recordOf(event['metadata'])?.['usage']);
        break;
      case 'node_finished':
        this.noteNode(recordOf(data?.['process_data'])?.['usage'] ?? recordOf(data?.['outputs'])?.['usage']);
        break;
      case 'workflow_finished':
        if (!this.hasMessageUsage) this.took(data?.['total_tokens']);
        break;
      default:
        break;
    }
  }

  private noteMessageUsage(usage: unknown): void {
    this.hasMessageUsage = reportedUsage(usage) !== null;
    this.trace.report(usage);
  }

  private noteNode(usage: unknown): void {
    const reported = reportedUsage(usage);
    if (!reported) return;
    this.nodes.prompt_tokens += reported.input ?? 0;
    this.nodes.completion_tokens += reported.output ?? 0;
    if (reported.cost !== null) this.nodes.total_price = (this.nodes.total_price ?? 0) + reported.cost;
  }
}

const isName = (value: unknown): value is string => typeof value === 'string' && /^[\w-]{1,100}$/.test(value);
