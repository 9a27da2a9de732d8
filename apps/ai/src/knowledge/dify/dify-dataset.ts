import { AlertAgentConfig } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { scrubSecrets } from '../../analysts/scrub-secrets';
import type { KnowledgeDocument } from '../knowledge-document';
import { DifyApi, DifyNotNow } from '../../dify/dify-api';

/** A document as Dify knows it. */
export interface Placed {
  difyId: string;
  batch: string;
}

export type Indexing = { state: 'running' | 'done' } | { state: 'failed'; error: string };

/** The dataset of Dify that documents are copied to. Errors of all its methods: DifyRefusal, DifyNotNow. */
@Injectable()
export class DifyDataset {
  /** Null when none is configured. */
  readonly id: string | null;
  private readonly key: string;

  constructor(
    private readonly api: DifyApi,
    { dify }: AlertAgentConfig,
  ) {
    const { id, api_key } = dify.dataset;
    this.id = dify.base() && id && api_key ? id : null;
    this.key = api_key ?? '';
  }

  async create(document: KnowledgeDocument): Promise<Placed> {
    const body = { ...this.content(document), indexing_technique: 'high_quality', process_rule: { mode: 'automatic' } };
    return placed(await this.request('POST', '/document/create-by-text', body));
  }

  async update(difyId: string, document: KnowledgeDocument): Promise<Placed> {
    const path = `/documents/${encodeURIComponent(difyId)}/update-by-text`;
    return placed(await this.request('POST', path, this.content(document)));
  }

  async delete(difyId: string): Promise<void> {
    await this.request('DELETE', `/documents/${encodeURIComponent(difyId)}`);
  }

  /** The copy of a document that somebody created without living to write down its id; null when there is none. */
  async find({ id }: Pick<KnowledgeDocument, 'id'>): Promise<string | null> {
    const answer = await this.request('GET', `/documents?keyword=${encodeURIComponent(id)}&limit=20`);
    const { data } = (answer ?? {}) as { data?: { id?: unknown; name?: unknown }[] };
    const found = Array.isArray(data)
      ? data.find(({ name }) => typeof name === 'string' && name.endsWith(`[${id}]`))
      : undefined;
    return typeof found?.id === 'string' ? found.id : null;
  }

  async indexing({ difyId, batch }: Placed): Promise<Indexing> {
    const answer = await this.request('GET', `/documents/${encodeURIComponent(batch)}/indexing-status`);
    const { data } = (answer ?? {}) as { data?: { id?: unknown; indexing_status?: unknown; error?: unknown }[] };
    const found = Array.isArray(data) ? data.find(({ id }) => id === difyId) : undefined;
    if (found?.indexing_status === 'completed') return { state: 'done' };
    if (found?.indexing_status === 'error')
      return { state: 'failed', error: `Dify could not index it: ${String(found.error).slice(0, 200)}` };
    return { state: 'running' };
  }

  /** The id in the name is what a copy is found by. Whoever may ask the model may read what it is given: no secrets. */
  private content({ id, title, text }: KnowledgeDocument): { name: string; text: string } {
    return { name: `${scrubSecrets(title).slice(0, 180).toWellFormed()} [${id}]`, text: scrubSecrets(text) };
  }

  private request(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown> {
    return this.api.request({ method, path: `/v1/datasets/${this.id}${path}`, key: this.key, body });
  }
}

function placed(answer: unknown): Placed {
  const { document, batch } = (answer ?? {}) as { document?: { id?: unknown }; batch?: unknown };
  if (typeof document?.id !== 'string' || typeof batch !== 'string')
    throw new DifyNotNow('Dify answered without a document');
  return { difyId: document.id.slice(0, 100), batch: batch.slice(0, 100) };
}
