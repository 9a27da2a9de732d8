import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { chatEvents, eventText, runEvents, runReply, stoppedEvents, type DifyEvent, type DifyUsage } from './dify-wire';
import { ANSWERS, SOUND_ANALYSIS, type DifyMode } from './dify-answers';
import { DifyDatasetStub } from './dify-dataset-stub';
import { DifyRunsStub, isLook } from './dify-runs-stub';
import { sendJson, StubServer, type SeenCall } from './stub-server';

/** Kinds of Dify apps. */
export type DifyApp = 'chat' | 'agent-chat' | 'agent' | 'advanced-chat' | 'completion' | 'workflow';

export interface DifyStubOptions {
  app?: DifyApp;
  /** Key of the app. */
  key?: string;
  port?: number;
}

/** Speaks the part of Dify's service API that AlertAgent uses, for one app. */
export class DifyStub extends StubServer {
  mode: DifyMode = 'ok';
  /** The model's answer in mode `ok` (and `slow`, `cut`). */
  answerText = JSON.stringify(SOUND_ANALYSIS);
  /** What a call is said to have taken; null for apps whose model does not count. */
  usage: DifyUsage | null = { prompt_tokens: 1_000, completion_tokens: 200, total_price: '0.0030000' };
  /** Calls that were stopped, by their task. */
  readonly stopped: string[] = [];
  /** What was said of messages, by message: a rating replaces the one before, null takes it back. */
  readonly feedback = new Map<string, { rating: unknown; content: unknown }>();
  /** What happens in the world while the model thinks. */
  beforeAnswer: () => Promise<void> | void = () => undefined;
  /** In mode `cut`: how many events of a stream are sent before it, the keep-alive among them; null for all but the end. */
  eventsUntilCut: number | null = null;
  /** Whether a cut breaks the connection; else the answer just ends. */
  isCutBroken = false;
  /** What is told of runs whose streams were cut. */
  readonly runs = new DifyRunsStub();
  /** Its knowledge; a dataset and a key of its own. */
  readonly dataset = new DifyDatasetStub();
  readonly app: DifyApp;
  readonly key: string;
  private readonly messages = new Set<string>();
  private readonly running = new Map<string, () => void>();

  constructor(options: DifyStubOptions) {
    super();
    this.app = options.app ?? 'workflow';
    this.key = options.key ?? 'app-stub-key';
  }

  /** Questions that were asked, oldest first. */
  get questions(): SeenCall[] {
    return this.calls.filter(({ path }) => ASKED.has(path));
  }

  protected override async answer(
    call: SeenCall,
    { isJson }: { isJson: boolean },
    response: ServerResponse,
  ): Promise<void> {
    if (call.path.startsWith('/v1/datasets')) return this.dataset.answer(call, response);
    if (call.headers['authorization'] !== `Bearer ${this.key}`) {
      return sendJson(response, 401, { code: 'unauthorized', message: 'Access token is invalid', status: 401 });
    }
    if (call.method === 'GET' && call.path === '/v1/info') {
      return sendJson(response, 200, { name: 'stub', description: '', tags: [], mode: this.app, author_name: 'stub' });
    }
    if (isLook(call)) {
      const problem = this.app === 'workflow' ? null : this.wrongApp('/v1/workflows/run');
      return problem ? sendJson(response, problem.status, problem) : this.runs.answer(call, response);
    }
    if (isJson && (this.stop(call, response) || this.rate(call, response))) return;
    const problem = isJson ? this.problemOf(call) : invalid('Failed to decode JSON object');
    if (problem) return sendJson(response, problem.status, problem);
    await this.respond(call, response);
  }

  private async respond(call: SeenCall, response: ServerResponse): Promise<void> {
    const { mode } = this;
    if (mode === '500') {
      return sendJson(response, 500, { code: 'internal_server_error', message: 'Internal Server Error', status: 500 });
    }
    if (mode === 'overloaded') {
      return sendJson(response, 429, { code: 'too_many_requests', message: 'Too many requests', status: 429 });
    }
    if (mode === 'reset') {
      response.socket?.resetAndDestroy();
      return;
    }
    if (mode === 'redirect') {
      response.writeHead(302, { location: `${this.url}/elsewhere` }).end();
      return;
    }
    if (isStreaming(call)) return this.stream(response);
    if (mode === 'slow') await this.hold();
    await this.beforeAnswer();
    this.reply(call, response);
  }

  private get text(): string {
    return ANSWERS[this.mode] ?? this.answerText;
  }

  private reply(call: SeenCall, response: ServerResponse): void {
    if (call.path === '/v1/workflows/run') {
      const status =
        this.mode === 'failed-run' || this.mode === 'error-event'
          ? 'failed'
          : this.mode === 'paused'
            ? 'paused'
            : 'succeeded';
      if (this.mode === 'cut') {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
        response.write('{"task_id": "', () => response.destroy());
        return;
      }
      return sendJson(response, 200, runReply({ status, text: this.text }));
    }
    const id = randomUUID();
    sendJson(response, 200, {
      event: 'message',
      task_id: id,
      id,
      message_id: id,
      mode: this.app,
      answer: this.text,
      metadata: {},
      created_at: 1,
    });
  }

  /** In mode `slow` the first events are sent at once, as Dify does, and the rest when it is released or stopped. */
  private async stream(response: ServerResponse): Promise<void> {
    const { mode, app, text, usage } = this;
    const ending = mode === 'error-event' || mode === 'failed-run' || mode === 'paused' ? mode : ('ok' as const);
    const messageId = randomUUID();
    this.messages.add(messageId);
    const events =
      app === 'workflow' ? runEvents({ text, ending, usage }) : chatEvents({ app, text, ending, usage, messageId });
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    if (mode === 'cut') return this.cut(events, response);
    const first = mode === 'slow' ? events.splice(0, 2) : [];
    response.write(eventText(first));
    const taskId = taskOf(first) ?? randomUUID();
    const stopped = new Promise<boolean>((resolve) => this.running.set(taskId, () => resolve(true)));
    const isStopped = mode === 'slow' && (await Promise.race([stopped, this.hold().then(() => false)]));
    this.running.delete(taskId);
    if (!isStopped) await this.beforeAnswer();
    response.end(eventText(isStopped ? stoppedEvents(app, taskId) : events));
  }

  /** What Dify does with a question does not end with the stream. */
  private cut(events: DifyEvent[], response: ServerResponse): void {
    this.runs.goOn(events);
    const ends = events.filter((event) => ENDS.has(event?.['event'])).length;
    const sent = eventText(events.slice(0, this.eventsUntilCut ?? events.length - ends - 1));
    if (this.isCutBroken) response.write(sent || ': \n\n', () => response.socket?.destroy());
    else response.end(sent);
  }

  /** Whether it was a wish to stop a call. Dify says yes to tasks that it does not know, too. */
  private stop({ path, body }: SeenCall, response: ServerResponse): boolean {
    const prefix = { workflow: '/v1/workflows/tasks', completion: '/v1/completion-messages' }[this.app as string];
    const [, at, taskId] = /^(.+)\/([^/]+)\/stop$/.exec(path) ?? [];
    if (!taskId || at !== (prefix ?? '/v1/chat-messages')) return false;
    const problem = userProblem(body);
    if (problem) {
      sendJson(response, 400, problem);
      return true;
    }
    this.stopped.push(taskId);
    this.runs.stop(taskId);
    this.running.get(taskId)?.();
    sendJson(response, 200, { result: 'success' });
    return true;
  }

  /** Whether it was what somebody thinks of a message. Workflows have none, and neither has the new kind of agent. */
  private rate({ path, body }: SeenCall, response: ServerResponse): boolean {
    const [, messageId] = /^\/v1\/messages\/([^/]+)\/feedbacks$/.exec(path) ?? [];
    if (!messageId) return false;
    const { rating, content } = (body ?? {}) as { rating?: unknown; content?: unknown };
    if (this.mode === '500') sendJson(response, 500, { code: 'internal_server_error', message: '', status: 500 });
    else if (this.app === 'workflow' || this.app === 'agent' || !this.messages.has(messageId))
      sendJson(response, 404, { code: 'not_found', message: 'Message Not Exists.', status: 404 });
    else if (userProblem(body)) sendJson(response, 400, userProblem(body));
    else if (rating !== null && rating !== 'like' && rating !== 'dislike')
      sendJson(response, 400, invalid(`${String(rating)} is not a valid rating`));
    else {
      this.feedback.set(messageId, { rating, content });
      sendJson(response, 200, { result: 'success' });
    }
    return true;
  }

  private problemOf(call: SeenCall): Problem | null {
    const body = (call.body ?? {}) as Record<string, unknown>;
    const wrongApp = this.wrongApp(call.path);
    if (wrongApp) return wrongApp;
    if (typeof body['inputs'] !== 'object' || body['inputs'] === null) return invalid('inputs is required');
    if (typeof body['user'] !== 'string' || body['user'] === '') return invalid('user is required');
    if (call.path === '/v1/chat-messages' && typeof body['query'] !== 'string') return invalid('query is required');
    for (const [name, value] of Object.entries(body['inputs'])) {
      if (typeof value !== 'string') return invalid(`(type '${typeof value}') ${name} in input form must be a string`);
    }
    const conversation = body['conversation_id'];
    if (conversation && !/^[0-9a-f-]{36}$/i.test(String(conversation)))
      return invalid('conversation_id must be a valid UUID');
    const isAgent = this.app === 'agent-chat' || this.app === 'agent';
    if (isAgent && !isStreaming(call)) return invalid('Agent Chat App does not support blocking mode');
    return null;
  }

  private wrongApp(path: string): Problem | null {
    const wanted =
      { workflow: '/v1/workflows/run', completion: '/v1/completion-messages' }[this.app as string] ??
      '/v1/chat-messages';
    if (path === wanted) return null;
    if (path === '/v1/workflows/run')
      return {
        code: 'not_workflow_app',
        message: 'Please check if your app mode matches the right API route.',
        status: 400,
      };
    if (path === '/v1/chat-messages')
      return {
        code: 'not_chat_app',
        message: 'Please check if your app mode matches the right API route.',
        status: 400,
      };
    if (path === '/v1/completion-messages') return { code: 'app_unavailable', message: 'App unavailable', status: 400 };
    return { code: 'not_found', message: 'The requested URL was not found on the server.', status: 404 };
  }
}

interface Problem {
  code: string;
  message: string;
  status: number;
}

const ASKED: ReadonlySet<string> = new Set(['/v1/workflows/run', '/v1/chat-messages', '/v1/completion-messages']);

/** Events after which a stream is whole. */
const ENDS: ReadonlySet<unknown> = new Set(['message_end', 'workflow_finished']);

const taskOf = (events: readonly DifyEvent[]): string | undefined =>
  events.map((event) => event?.['task_id']).find((id) => typeof id === 'string');

function userProblem(body: unknown): Problem | null {
  const { user } = (body ?? {}) as { user?: unknown };
  return typeof user === 'string' && user !== '' ? null : invalid('user is required');
}

const invalid = (message: string): Problem => ({ code: 'invalid_param', message, status: 400 });
/** An omitted response mode means blocking. */
const isStreaming = ({ body }: SeenCall): boolean =>
  (body as { response_mode?: unknown }).response_mode === 'streaming';

/** Starts a Dify stub on loopback. */
export async function startDifyStub(options: DifyStubOptions = {}): Promise<DifyStub> {
  const stub = new DifyStub(options);
  await stub.listen(options.port);
  return stub;
}
