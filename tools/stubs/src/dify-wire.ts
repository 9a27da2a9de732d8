import { randomUUID } from 'node:crypto';

/** One event of a stream; null is the bare keep-alive. */
export type DifyEvent = Record<string, unknown> | null;

/** How a stream ends. */
export type StreamEnding = 'ok' | 'error-event' | 'failed-run' | 'paused';

/** Figures of a call; absent ones are not reported. */
export interface DifyUsage {
  prompt_tokens?: number;
  completion_tokens?: number;
  total_price?: string;
}

export interface ChatAnswer {
  app: string;
  text: string;
  ending: StreamEnding;
  usage: DifyUsage | null;
  messageId: string;
}

/** As Dify writes them: sums besides, prices as text. */
const usageText = ({ prompt_tokens = 0, completion_tokens = 0, total_price = '0' }: DifyUsage): object => ({
  prompt_tokens,
  completion_tokens,
  total_tokens: prompt_tokens + completion_tokens,
  total_price,
  currency: 'USD',
  latency: 0.5,
});

/** The events a chat, agent, flow or completion app sends for an answer. */
export function chatEvents({ app, text, ending, usage, messageId }: ChatAnswer): DifyEvent[] {
  const id = messageId;
  const envelope = { task_id: randomUUID(), message_id: id, conversation_id: randomUUID(), created_at: 1_700_000_000 };
  const pieces = piecesOf(text);
  const piece = (event: string) => (answer: string) => ({ event, ...envelope, id, answer });
  const end = {
    event: 'message_end',
    ...envelope,
    id,
    metadata: { usage: usage ? usageText(usage) : {}, retriever_resources: [] },
  };
  const failure = {
    event: 'error',
    ...envelope,
    status: 400,
    code: 'completion_request_error',
    message: 'The model is not available',
  };
  const finished = (status: string) => ({
    event: 'workflow_finished',
    ...envelope,
    data: { id, status, error: status === 'failed' ? 'node LLM failed' : null },
  });

  const body: DifyEvent[] = [null];
  if (app === 'agent-chat')
    body.push({ event: 'agent_thought', ...envelope, thought: 'let me see' }, ...pieces.map(piece('agent_message')));
  else if (app === 'agent') body.push(...pieces.map(piece('agent_message')), piece('message')(text));
  else if (app === 'advanced-chat')
    body.push(
      { event: 'workflow_started', ...envelope, data: { id } },
      { event: 'node_started', ...envelope, data: { id } },
      ...pieces.map(piece('message')),
    );
  else body.push(...pieces.map(piece('message')));

  switch (ending) {
    case 'error-event':
      return [...body.slice(0, 2), failure];
    case 'failed-run':
      return [...body.slice(0, 2), finished('failed'), failure];
    case 'paused':
      return [...body, { event: 'workflow_paused', ...envelope, data: {} }];
    case 'ok':
      return app === 'advanced-chat' ? [...body, end, finished('succeeded')] : [...body, end];
  }
}

/** Events as they go over the wire. */
export const eventText = (events: readonly DifyEvent[]): string =>
  events.map((event) => (event === null ? 'event: ping\n\n' : `data: ${JSON.stringify(event)}\n\n`)).join('');

/** The reply of a blocking workflow run; a failed one is an HTTP 200 too. */
export function runReply({ status, text }: { status: string; text: string }): object {
  const id = randomUUID();
  return {
    task_id: randomUUID(),
    workflow_run_id: id,
    data: {
      id,
      workflow_id: randomUUID(),
      status,
      outputs: status === 'succeeded' ? { text } : null,
      error: status === 'failed' ? 'node LLM failed' : null,
      elapsed_time: 0.5,
      total_tokens: 100,
      total_steps: 3,
      created_at: 1_700_000_000,
      finished_at: 1_700_000_001,
    },
  };
}

/** The events of a streamed workflow run. */
export function runEvents({ text, ending, usage }: Omit<ChatAnswer, 'app' | 'messageId'>): DifyEvent[] {
  const id = randomUUID();
  const envelope = { task_id: randomUUID(), workflow_run_id: id };
  const total_tokens = (usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0);
  const finished = (status: string): DifyEvent => ({
    event: 'workflow_finished',
    ...envelope,
    data: {
      id,
      workflow_id: randomUUID(),
      status,
      outputs: status === 'succeeded' ? { text } : null,
      error: status === 'failed' ? 'node LLM failed' : null,
      elapsed_time: 0.5,
      total_tokens,
      total_steps: 3,
      created_at: 1_700_000_000,
      finished_at: 1_700_000_001,
    },
  });
  const node = { id: randomUUID(), node_id: 'llm', node_type: 'llm', title: 'LLM', index: 2 };
  const outputs = { text, ...(usage ? { usage: usageText(usage) } : {}) };
  const body: DifyEvent[] = [
    null,
    { event: 'workflow_started', ...envelope, data: { id } },
    { event: 'node_started', ...envelope, data: node },
    ...piecesOf(text).map((piece) => ({ event: 'text_chunk', ...envelope, data: { text: piece } })),
    { event: 'node_finished', ...envelope, data: { ...node, status: 'succeeded', outputs } },
  ];
  switch (ending) {
    case 'error-event':
    case 'failed-run':
      return [...body.slice(0, 3), finished('failed')];
    case 'paused':
      return [...body.slice(0, 3), { event: 'workflow_paused', ...envelope, data: {} }];
    case 'ok':
      return [...body, finished('succeeded')];
  }
}

/** What ends the stream of a call that somebody stopped. */
export function stoppedEvents(app: string, taskId: string): DifyEvent[] {
  return app === 'workflow'
    ? [{ event: 'workflow_finished', task_id: taskId, data: { status: 'stopped', outputs: {}, error: null } }]
    : [{ event: 'message_end', task_id: taskId, metadata: { usage: {}, retriever_resources: [] } }];
}

function piecesOf(text: string): string[] {
  const size = Math.max(16, Math.ceil(text.length / 40));
  return text === ''
    ? ['']
    : Array.from({ length: Math.ceil(text.length / size) }, (_, at) => text.slice(at * size, (at + 1) * size));
}
