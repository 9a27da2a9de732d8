import { pollUntil } from '@alertagent/local-stack';
import type { RowContext } from '../../row';
import { Sink, type SunkRequest } from '../../sink';
import type { Stand } from '../../stand';
import { AiScene } from './ai-scene';

/** An analysis as the API shows it. */
export interface SceneAnalysis {
  analysis_id: string;
  incident_id: string;
  status: string;
  engine: string | null;
  fallback_reason: string | null;
  completed_at: string | null;
}

/** Alerts in one webhook. */
const BATCH = 50;
const OVER = new Set(['completed', 'failed', 'cancelled']);

/** The ai service with an n8n whose workflows do as they are told. */
export class N8nScene {
  private constructor(
    private readonly scene: AiScene,
    readonly n8n: Sink,
    private readonly statusToken: string,
  ) {}

  static async start(context: RowContext, settings: object = {}): Promise<N8nScene> {
    const n8n = await Sink.start();
    context.later(() => n8n.stop());
    const scene = await AiScene.start(context, {
      settings: {
        dify: {},
        n8n: { webhook_base_url: `${n8n.url}/webhook`, timeout: '2s', callback_timeout: '1m', ...settings },
      },
    });
    const token = await scene.stand.call<{ token: string }>('POST', '/tokens', { name: 'workflow', purpose: 'status' });
    if (token.status !== 201) throw new Error(`no token was issued: ${token.status}`);
    return new N8nScene(scene, n8n, token.body.token);
  }

  get stand(): Stand {
    return this.scene.stand;
  }

  /** Delivers so many alerts, each an incident of its own; or tells that those are over. */
  async alerts(count: number, prefix: string, status: 'firing' | 'resolved' = 'firing'): Promise<void> {
    for (let from = 0; from < count; from += BATCH) {
      const size = Math.min(BATCH, count - from);
      await this.scene.alert(
        Array.from({ length: size }, (_, index) => `it is slow ${from + index}`),
        `${prefix}-${from}`,
        status,
      );
    }
  }

  /** What a workflow does at its end, after it was started with this request. Resolves to the status of the answer; 0 without one. */
  async report({ key }: SunkRequest): Promise<number> {
    const result = {
      root_cause: 'A leak',
      severity_score: 0.5,
      confidence: 0.9,
      suggested_actions: ['Restart it'],
      similar_incidents: [],
    };
    const answer = await fetch(`${this.stand.gateway.url}/api/v1/alerts/analyze/${key}/status`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.statusToken}` },
      body: JSON.stringify({ status: 'completed', result }),
    }).catch(() => null);
    await answer?.arrayBuffer();
    return answer?.status ?? 0;
  }

  analyses(): Promise<SceneAnalysis[]> {
    return this.scene.list<SceneAnalysis>('/alerts/analyze');
  }

  private async isAnyOpen(): Promise<boolean> {
    for (const status of ['pending', 'processing']) {
      const { body } = await this.stand.call<{ items?: unknown[] }>('GET', `/alerts/analyze?limit=1&status=${status}`);
      // Without an answer nobody knows.
      if (body?.items?.length !== 0) return true;
    }
    return false;
  }

  /** Incidents that are open, or over. */
  incidents(status: 'open' | 'resolved'): Promise<{ id: string }[]> {
    return this.scene.list<{ id: string }>(`/incidents?status=${status}`);
  }

  letters(): Promise<{ analysis_id: string; kind: string }[]> {
    return this.scene.list<{ analysis_id: string; kind: string }>('/ai/dead-letters');
  }

  escalations(): Promise<{ incident_id: string; created_at: string }[]> {
    return this.scene.list<{ incident_id: string; created_at: string }>('/escalations');
  }

  /** All analyses, once there are so many and all are over. Errors: that does not come. */
  over(count: number, timeoutMs: number): Promise<SceneAnalysis[]> {
    return pollUntil(
      async () => {
        // Who lists thousands again and again takes the time that is being measured.
        if (await this.isAnyOpen().catch(() => true)) return null;
        const all = await this.analyses().catch(() => []);
        return all.length >= count && all.every(({ status }) => OVER.has(status)) ? all : null;
      },
      { what: `${count} analyses to be over`, timeoutMs, intervalMs: 500 },
    );
  }
}
