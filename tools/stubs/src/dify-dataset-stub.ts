import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { sendJson, type SeenCall } from './stub-server';

/** A document of the dataset. */
export interface DatasetDocument {
  id: string;
  name: string;
  text: string;
  batch: string;
  indexing_status: string;
  error: string | null;
}

/** How the dataset answers. `lost`: what is asked for happens, and the answer is lost. */
export type DatasetMode = 'ok' | '500' | 'lost' | 'refuse';

/** Speaks the part of Dify's API for knowledge that AlertAgent uses, for one dataset. Indexing stands still until a test says what becomes of it. */
export class DifyDatasetStub {
  mode: DatasetMode = 'ok';
  readonly id = randomUUID();
  readonly key = 'dataset-stub-key';
  readonly documents = new Map<string, DatasetDocument>();
  /** Documents that were ever created. */
  created = 0;

  answer(call: SeenCall, response: ServerResponse): void {
    const problem = (status: number, code: string, message: string): void =>
      sendJson(response, status, { code, message, status });
    if (call.headers['authorization'] !== `Bearer ${this.key}`)
      return problem(401, 'unauthorized', 'Access token is invalid');
    const [, id, rest = ''] = /^\/v1\/datasets\/([^/]+)(\/.*)?$/.exec(call.path) ?? [];
    if (id !== this.id) return problem(404, 'not_found', 'Dataset not found.');
    if (this.mode === '500') return problem(500, 'internal_server_error', 'Internal Server Error');
    if (this.mode === 'refuse' && call.method === 'POST') return problem(400, 'invalid_param', 'No.');
    const [status, body] = this.handle(call, rest);
    if (this.mode === 'lost') response.socket?.resetAndDestroy();
    else if (body === null) response.writeHead(status).end();
    else sendJson(response, status, body);
  }

  private handle({ method, query, body }: SeenCall, path: string): [number, object | null] {
    const { name, text, indexing_technique } = (body ?? {}) as Record<string, unknown>;
    const unknown: [number, object] = [404, { code: 'not_found', message: 'Document not found.', status: 404 }];
    const invalid = (message: string): [number, object] => [400, { code: 'invalid_param', message, status: 400 }];
    if (method === 'POST' && path === '/document/create-by-text') {
      if (typeof name !== 'string' || typeof text !== 'string') return invalid('name and text are required');
      if (typeof indexing_technique !== 'string') return invalid('indexing_technique is required.');
      this.created += 1;
      return [200, this.put(randomUUID(), name, text)];
    }
    if (method === 'GET' && path === '/documents') {
      const keyword = new URLSearchParams(query).get('keyword') ?? '';
      const data = [...this.documents.values()].filter((document) => document.name.includes(keyword)).map(shown);
      return [200, { data, has_more: false, limit: 20, total: data.length, page: 1 }];
    }
    const [, id = '', verb] = /^\/documents\/([^/]+)(?:\/([a-z-]+))?$/.exec(path) ?? [];
    if (method === 'GET' && verb === 'indexing-status') {
      const data = [...this.documents.values()].filter(({ batch }) => batch === id).map(shown);
      return data.length > 0 ? [200, { data }] : unknown;
    }
    const document = this.documents.get(id);
    if (!document) return unknown;
    if (method === 'POST' && verb === 'update-by-text') {
      if (document.indexing_status !== 'completed') return invalid('Document is not available');
      return [200, this.put(id, String(name ?? document.name), String(text ?? document.text))];
    }
    if (method !== 'DELETE' || verb) return [405, { code: 'method_not_allowed', message: '', status: 405 }];
    if (document.indexing_status === 'indexing')
      return [400, { code: 'document_indexing', message: 'Cannot operate document during indexing.', status: 400 }];
    this.documents.delete(id);
    return [204, null];
  }

  private put(id: string, name: string, text: string): object {
    const document = { id, name, text, batch: `batch-${randomUUID()}`, indexing_status: 'waiting', error: null };
    this.documents.set(id, document);
    return { document: shown(document), batch: document.batch };
  }
}

const shown = ({ id, name, indexing_status, error }: DatasetDocument): object => ({
  id,
  name,
  indexing_status,
  error,
  enabled: true,
  created_from: 'api',
});
