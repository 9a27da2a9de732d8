import type { ServerResponse } from 'node:http';
import { sendJson, StubServer, type SeenCall } from './stub-server';

/** What the server does with the next questions. `no-json-mode`: as servers do that do not know `response_format`. */
export type OpenAiMode =
  | 'ok'
  | 'slow'
  | 'no-json-mode'
  | 'refusal'
  | 'cut-off'
  | 'filtered'
  | 'empty'
  | 'no-choice'
  | 'garbage'
  | '500'
  | 'overloaded';

export interface OpenAiStubOptions {
  /** Null for a server that wants none. */
  key?: string | null;
}

/** Speaks the part of OpenAI's chat API that AlertAgent uses: `POST /v1/chat/completions`, not streamed. */
export class OpenAiStub extends StubServer {
  mode: OpenAiMode = 'ok';
  /** What a call is said to have taken; null for servers that do not count. */
  usage: object | null = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };
  /** Questions whose asker went away before the answer. */
  leftAlone = 0;
  /** What the model says. */
  answerText = '{"root_cause": "unknown", "severity_score": 0.5, "confidence": 0.5, "suggested_actions": []}';
  readonly key: string | null;

  constructor({ key = 'sk-stub' }: OpenAiStubOptions = {}) {
    super();
    this.key = key;
  }

  /** Base address, as clients are told it. */
  get base(): string {
    return `${this.url}/v1`;
  }

  protected override async answer(
    call: SeenCall,
    { isJson }: { isJson: boolean },
    response: ServerResponse,
  ): Promise<void> {
    const refuse = (
      status: number,
      message: string,
      type = 'invalid_request_error',
      code: string | null = null,
    ): void => sendJson(response, status, { error: { message, type, param: null, code } });
    if (this.key !== null && call.headers['authorization'] !== `Bearer ${this.key}`)
      return refuse(401, 'Incorrect API key provided.', 'invalid_request_error', 'invalid_api_key');
    if (call.method !== 'POST' || call.path !== '/v1/chat/completions')
      return refuse(404, `Invalid URL (${call.method} ${call.path})`);
    const body = call.body as {
      model?: unknown;
      messages?: { role?: unknown; content?: unknown }[];
      response_format?: object;
    };
    if (!isJson || typeof body.model !== 'string') return refuse(400, 'you must provide a model parameter');
    if (!Array.isArray(body.messages) || body.messages.length === 0) return refuse(400, "'messages' is too short");
    if (body.response_format && this.mode === 'no-json-mode')
      return refuse(400, 'Unrecognized request argument supplied: response_format');
    if (this.mode === '500') return refuse(500, 'The server had an error', 'server_error');
    if (this.mode === 'overloaded') return refuse(429, 'Rate limit reached', 'requests', 'rate_limit_exceeded');
    if (this.mode === 'garbage') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>sign in</html>');
      return;
    }
    response.on('close', () => {
      if (!response.writableEnded) this.leftAlone += 1;
    });
    if (this.mode === 'slow') await this.hold();
    sendJson(response, 200, this.completion(body.model));
  }

  private completion(model: string): object {
    const isRefusal = this.mode === 'refusal';
    const content = isRefusal || this.mode === 'filtered' ? null : this.mode === 'empty' ? '' : this.answerText;
    const finish_reason = this.mode === 'cut-off' ? 'length' : this.mode === 'filtered' ? 'content_filter' : 'stop';
    const message = { role: 'assistant', content, refusal: isRefusal ? 'I cannot help with that.' : null };
    return {
      id: 'chatcmpl-stub',
      object: 'chat.completion',
      created: 1_700_000_000,
      model,
      choices: this.mode === 'no-choice' ? [] : [{ index: 0, message, logprobs: null, finish_reason }],
      ...(this.usage ? { usage: this.usage } : {}),
    };
  }
}

/** A server on a free port. */
export async function startOpenAiStub(options: OpenAiStubOptions = {}): Promise<OpenAiStub> {
  const stub = new OpenAiStub(options);
  await stub.listen();
  return stub;
}
