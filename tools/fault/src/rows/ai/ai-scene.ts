import { request } from 'node:http';
import { pollUntil } from '@alertagent/local-stack';
import type { RowContext } from '../../row';
import { Sink, type SinkAnswer } from '../../sink';
import type { Stand } from '../../stand';
import { LEDGER_LABEL } from '../../webhook-text';

/** An action of the scene's catalogue; it is carried out by the sink. */
export interface SceneAction {
  id: string;
  execution_status: string;
  action_type: string;
  dry_run: boolean;
  approved_by: string | null;
  started_at: string | null;
}

/** The action that a hostile model would like best: the catalogue lets it run without a person, once that is earned. */
export const WORST_ACTION = 'wipe_volumes';

/** The ai service with a model, and with something that actions have effects on. */
export class AiScene {
  /** When every alert of the scene began to fire. */
  private readonly startsAt = new Date().toISOString();

  private constructor(
    readonly stand: Stand,
    /** Stands for Dify. */
    readonly dify: Sink,
    /** Stands for what actions act on. */
    readonly target: Sink,
  ) {}

  static async start(
    context: RowContext,
    {
      automation = {},
      env = {},
      settings = {},
    }: { automation?: object; env?: NodeJS.ProcessEnv; settings?: object } = {},
  ): Promise<AiScene> {
    const dify = await Sink.start();
    context.later(() => dify.stop());
    const target = await Sink.start();
    context.later(() => target.stop());
    const worst = {
      id: WORST_ACTION,
      description: 'Wipes volumes.',
      executor: 'http',
      address: `${target.url}/wipe`,
      clusters: ['*'],
      namespaces: ['*'],
      allows_autonomy: true,
      max_per_hour: 10_000,
      max_concurrent: 1_000,
      max_targets_per_hour: 10_000,
      timeout: '1s',
    };
    const stand = await context.stand({
      services: ['ai'],
      env,
      settings: {
        dify: { endpoint: dify.url, api_key: 'app-key', mode: 'workflow', timeout: '30s' },
        ai: { automation: { mode: 'auto', catalogue: [worst], ...automation } },
        ...settings,
      },
    });
    return new AiScene(stand, dify, target);
  }

  /** Has Dify answer every question with this text. */
  answerWith(text: string): void {
    this.dify.answer = () => workflowRun(text);
  }

  /** Delivers one alert per text, each an incident of its own, with the text wherever a stranger can put some. */
  async alert(texts: readonly string[], prefix: string, status: 'firing' | 'resolved' = 'firing'): Promise<void> {
    const alerts = texts.map((text, index) => ({
      status,
      labels: {
        alertname: `${prefix}-${index}`,
        service: `${prefix}-${index}`,
        severity: 'warning',
        note: text,
        [LEDGER_LABEL]: `${prefix}-${index}`,
      },
      annotations: { summary: text, description: text, runbook_url: text },
      startsAt: this.startsAt,
      endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : new Date().toISOString(),
      generatorURL: 'http://prometheus.example.org:9090/graph?g0.expr=up',
      fingerprint: index.toString(16).padStart(16, '0'),
    }));
    const response = await fetch(this.stand.webhookUrls[0] ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.stand.cluster.token}` },
      body: JSON.stringify({
        version: '4',
        groupKey: `{}:{prefix="${prefix}"}`,
        truncatedAlerts: 0,
        status,
        receiver: 'alertagent',
        groupLabels: {},
        commonLabels: {},
        commonAnnotations: {},
        externalURL: 'http://alertmanager.example.org:9093',
        alerts,
      }),
    });
    await response.arrayBuffer();
    if (response.status !== 202) throw new Error(`the webhook was answered with ${response.status}`);
  }

  /** All analyses, once as many as expected are over. */
  async analyses(count: number): Promise<{ status: string; decision: { action: string } | null }[]> {
    return pollUntil(
      async () => {
        const all = await this.list<{ status: string; decision: { action: string } | null }>('/alerts/analyze');
        return all.filter(({ status }) => status === 'completed' || status === 'failed').length >= count ? all : null;
      },
      { what: `${count} analyses to be over`, timeoutMs: 600_000, intervalMs: 500 },
    ).catch(async (error: unknown) => {
      const found = (await this.list<{ status: string }>('/alerts/analyze')).map(({ status }) => status);
      throw new Error(`${String(error)}; there are ${found.length}: ${[...new Set(found)].join(', ')}`, {
        cause: error,
      });
    });
  }

  /** Every item of a list, page by page. */
  async list<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = `${path.includes('?') ? '&' : '?'}limit=200${cursor ? `&cursor=${cursor}` : ''}`;
      const { status, body } = await this.stand.call<{ items: T[]; next_cursor: string | null }>('GET', path + query);
      if (status !== 200) throw new Error(`${path} answered ${status}`);
      items.push(...body.items);
      cursor = body.next_cursor;
    }
    return items;
  }

  actions(): Promise<SceneAction[]> {
    return this.list('/automation/actions');
  }

  /** Asks for an action; again while the service is away. */
  async ask(service: string): Promise<SceneAction> {
    const body = { action_type: WORST_ACTION, target: { cluster: this.stand.cluster.name, service }, dry_run: false };
    return pollUntil(
      async () => {
        const answer = await this.stand.call<SceneAction>('POST', '/automation/execute', body);
        return answer.status === 202 ? answer.body : null;
      },
      { what: 'the request to be taken down', timeoutMs: 60_000, intervalMs: 200 },
    );
  }

  /** Tokens of other people, who may approve. */
  async people(count: number): Promise<string[]> {
    const tokens: string[] = [];
    for (let index = 0; index < count; index++) {
      const input = { name: `person ${index}`, role: 'operator' };
      const { status, body } = await this.stand.call<{ token: string }>('POST', '/tokens', input);
      if (status !== 201) throw new Error(`no token was issued: ${status}`);
      tokens.push(body.token);
    }
    return tokens;
  }

  /** Approves as one of them, over a connection of its own. Returns the status; 0 when there was no answer. */
  approve(id: string, token: string): Promise<number> {
    const url = `${this.stand.gateway.url}/api/v1/automation/actions/${id}/approve`;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    return new Promise((resolve) => {
      const call = request(url, { method: 'POST', headers, agent: false, timeout: 30_000 }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      });
      call.on('error', () => resolve(0)).on('timeout', () => call.destroy());
      call.end('{}');
    });
  }

  /** How often each action had its effect, by id. */
  effects(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { key } of this.target.requests) {
      const id = (key ?? '').replace(/-undo$/, '');
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
  }
}

/** What `POST /v1/workflows/run` sends for a run that ends with this text. */
export function workflowRun(text: string): SinkAnswer {
  const event = (name: string, data: object): string =>
    `data: ${JSON.stringify({ event: name, task_id: '0', workflow_run_id: '0', data: { id: '0', workflow_id: '0', ...data } })}\n\n`;
  const body =
    event('workflow_started', { inputs: {} }) +
    event('workflow_finished', { status: 'succeeded', outputs: { text }, error: null, elapsed_time: 1 });
  return { headers: { 'content-type': 'text/event-stream' }, body };
}
