import type { ServerResponse } from 'node:http';
import type { DifyEvent } from './dify-wire';
import { sendJson } from './stub-server';

/** How a run ends. */
export type DifyRunEnd = 'succeeded' | 'partial-succeeded' | 'failed' | 'stopped' | 'paused';

interface Run {
  taskId: unknown;
  /** What its last event would have told. */
  data: Record<string, unknown>;
}

/** The runs of a workflow app that go on although nobody reads their streams, as `GET /v1/workflows/run/{id}` tells of them. */
export class DifyRunsStub {
  /** How often a run is told to go on still before its end is. */
  looksUntilEnd = 0;
  /** How runs end. */
  end: DifyRunEnd = 'succeeded';
  /** What the next looks are answered instead of a run. */
  readonly troubles: number[] = [];
  /** What `Retry-After` says beside a trouble. */
  retryAfter: string | undefined;
  private readonly runs = new Map<string, Run>();
  private looks = 0;

  /** A run whose stream was cut, by the events that it would have sent. */
  goOn(events: readonly DifyEvent[]): void {
    const last = events.find((event) => event?.['event'] === 'workflow_finished');
    const id = last?.['workflow_run_id'];
    if (typeof id !== 'string') return;
    this.runs.set(id, { taskId: last?.['task_id'], data: last?.['data'] as Record<string, unknown> });
  }

  stop(taskId: string): void {
    for (const run of this.runs.values()) if (run.taskId === taskId) run.data['status'] = 'stopped';
  }

  /** Answers a look. Others' runs are as unknown as those that never were. */
  answer({ path }: { path: string }, response: ServerResponse): void {
    const trouble = this.troubles.shift();
    const run = this.runs.get(path.split('/').at(-1) ?? '');
    if (trouble !== undefined) {
      if (this.retryAfter !== undefined) response.setHeader('retry-after', this.retryAfter);
      sendJson(response, trouble, { code: CODES[trouble] ?? 'internal_server_error', message: '', status: trouble });
    } else if (!run) {
      sendJson(response, 404, { code: 'not_found', message: 'Workflow run not found.', status: 404 });
    } else {
      this.looks += 1;
      sendJson(response, 200, this.looks > this.looksUntilEnd ? this.ended(run) : going(run));
    }
  }

  private ended({ data }: Run): object {
    const status = data['status'] === 'stopped' ? 'stopped' : this.end;
    const hasOutputs = status === 'succeeded' || status === 'partial-succeeded';
    return {
      ...data,
      inputs: '{}',
      status,
      outputs: hasOutputs ? data['outputs'] : null,
      error: status === 'failed' ? 'node LLM failed' : null,
    };
  }
}

/** Whether a request is for a run. */
export const isLook = ({ method, path }: { method: string; path: string }): boolean =>
  method === 'GET' && /^\/v1\/workflows\/run\/[^/]+$/.test(path);

const CODES: Partial<Record<number, string>> = { 401: 'unauthorized', 404: 'not_found', 429: 'too_many_requests' };

/** A run is told of from its start on, without what only its end brings. */
const going = ({ data }: Run): object => ({
  ...data,
  inputs: '{}',
  status: data['status'] === 'stopped' ? 'stopped' : 'running',
  outputs: {},
  error: null,
  elapsed_time: 0,
  total_tokens: 0,
  finished_at: null,
});
