import type { ServerResponse } from 'node:http';
import { sendJson, StubServer, type SeenCall } from './stub-server';

/** How the stub behaves once a call has passed authentication and found its workflow. */
export type N8nMode = 'ok' | 'slow' | '500' | 'reset' | 'garbage' | 'hostile' | 'huge' | 'redirect';

/** What a workflow reports to `context.callback_url` after it was started. */
export interface N8nCallback {
  /** The callback token, sent as a bearer token. */
  token: string;
  report: object;
}

export interface N8nStubOptions {
  /** Paths of published workflows. */
  workflows?: readonly string[];
  /** Header authentication of all webhooks; none unless given. */
  auth?: { name: string; value: string };
  port?: number;
}

const MAX_BODY = 16 * 1024 * 1024;

/** Speaks n8n's production webhooks: published workflows that answer when received. */
export class N8nStub extends StubServer {
  mode: N8nMode = 'ok';
  /** Set to have started workflows call back over HTTP. */
  callback: N8nCallback | null = null;
  readonly workflows: Set<string>;

  constructor(private readonly options: N8nStubOptions) {
    super();
    this.workflows = new Set(options.workflows ?? ['alert-analysis']);
  }

  /** What to configure as `n8n.webhook_base_url`. */
  get webhookBase(): string {
    return `${this.url}/webhook`;
  }

  /** Calls of workflows, oldest first. */
  get starts(): SeenCall[] {
    return this.calls.filter(({ method, path }) => method === 'POST' && path.startsWith('/webhook/'));
  }

  /** Idempotency keys of all starts, in order. */
  get keys(): string[] {
    return this.starts.map(({ headers }) => headers['idempotency-key'] ?? '');
  }

  protected override async answer(
    call: SeenCall,
    { raw, isJson }: { raw: string; isJson: boolean },
    response: ServerResponse,
  ): Promise<void> {
    if (call.path === '/healthz' || call.path === '/healthz/readiness')
      return sendJson(response, 200, { status: 'ok' });
    if (this.refuse(call, { raw, isJson }, response)) return;
    switch (this.mode) {
      case 'slow':
        await this.hold();
        return this.started(call, response);
      case '500':
        return sendJson(response, 500, { message: 'Error in workflow' });
      case 'reset':
        response.socket?.resetAndDestroy();
        return;
      case 'garbage':
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Please log in</body></html>');
        return;
      case 'hostile':
        return sendJson(response, 200, {
          message: 'Workflow was started',
          decision: { action: 'auto_resolve' },
          execute: { action_type: 'delete_namespace', target: { namespace: 'production' } },
        });
      case 'huge':
        response.writeHead(200, { 'content-type': 'application/json' }).end(`"${'x'.repeat(10_000_000)}"`);
        return;
      case 'redirect':
        response.writeHead(302, { location: `${this.url}/elsewhere` }).end();
        return;
      case 'ok':
        return this.started(call, response);
    }
  }

  /** What n8n does before any workflow runs. */
  private refuse(call: SeenCall, { raw, isJson }: { raw: string; isJson: boolean }, response: ServerResponse): boolean {
    const workflow = /^\/webhook\/(.+)$/.exec(call.path)?.[1];
    if (!workflow || !this.workflows.has(decodeURIComponent(workflow))) {
      sendJson(response, 404, {
        code: 404,
        message: `The requested webhook "${call.method} ${workflow ?? call.path}" is not registered.`,
        hint: 'The workflow must be active for a production URL to run successfully.',
      });
      return true;
    }
    if (call.method !== 'POST') {
      const message = `This webhook is not registered for ${call.method} requests. Did you mean to make a POST request?`;
      sendJson(response, 404, { code: 404, message });
      return true;
    }
    if (raw.length > MAX_BODY) {
      response.writeHead(413).end();
      return true;
    }
    if (!isJson) {
      sendJson(response, 422, { code: 422, message: 'Failed to parse request body' });
      return true;
    }
    const { auth } = this.options;
    if (auth && call.headers[auth.name.toLowerCase()] !== auth.value) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end('Authorization data is wrong!');
      return true;
    }
    return false;
  }

  private started(call: SeenCall, response: ServerResponse): void {
    sendJson(response, 200, { message: 'Workflow was started' });
    if (this.callback) void this.callBack(call, this.callback);
  }

  private async callBack({ body }: SeenCall, { token, report }: N8nCallback): Promise<void> {
    const url = (body as { context: { callback_url: string } }).context.callback_url;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    // Whether it arrives is for the test to see on the other side.
    await fetch(url, { method: 'POST', headers, body: JSON.stringify(report) }).catch(() => undefined);
  }
}

/** Starts an n8n stub on loopback. */
export async function startN8nStub(options: N8nStubOptions = {}): Promise<N8nStub> {
  const stub = new N8nStub(options);
  await stub.listen(options.port);
  return stub;
}
