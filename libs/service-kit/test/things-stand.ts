import { sharedStack } from '@alertagent/local-stack';
import type { Clock } from '../src';
import { startService, type TestService } from '../src/testing';
import { send, type RawAnswer, type RawRequest } from './raw-http';
import { thingsService } from './things-service';

/** The things service, running, with the requests that tests make. */
export class ThingsStand {
  private readonly stack = sharedStack();
  private running: TestService | undefined;
  /** Where its NATS is. */
  natsUrl = '';

  async start(clock?: Clock): Promise<void> {
    this.natsUrl = (await this.stack.startTestNats()).url;
    this.running = await startService(thingsService(), { natsUrl: this.natsUrl, clock });
  }

  async close(): Promise<void> {
    await this.running?.close();
    await this.stack.close();
  }

  get service(): TestService {
    if (!this.running) throw new Error('the things service was not started');
    return this.running;
  }

  get url(): string {
    return this.service.httpUrl ?? '';
  }

  /** GET as the holder of a token, or as nobody. */
  get(path: string, token?: string, headers: RawRequest['headers'] = {}): Promise<RawAnswer> {
    return send(this.url + path, { headers: { ...(token ? bearer(token) : {}), ...headers } });
  }

  /** POSTs a thing. */
  post(body: string | Buffer | undefined, headers: RawRequest['headers'] = {}): Promise<RawAnswer> {
    const json = { ...bearer('viewer'), 'content-type': 'application/json', ...headers };
    return send(`${this.url}/things`, { method: 'POST', body, headers: json });
  }
}

export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

const FIELDS = ['type', 'title', 'status', 'detail', 'instance', 'request_id', 'errors'];

/** Asserts that an answer is a problem of RFC 9457 as we write them, and tells nothing about our insides. */
export function expectProblem(answer: RawAnswer, status: number): void {
  expect([answer.status, answer.headers['content-type']]).toEqual([status, 'application/problem+json; charset=utf-8']);
  expect(answer.json).toMatchObject({
    type: expect.stringMatching(/^urn:alertagent:problem:[a-z_]+$/),
    title: expect.any(String),
    status,
    detail: expect.any(String),
    instance: `urn:alertagent:request:${String(answer.headers['x-correlation-id'])}`,
    request_id: answer.headers['x-correlation-id'],
  });
  expect(Object.keys(answer.json).filter((key) => !FIELDS.includes(key))).toEqual([]);
  expect(answer.text).not.toMatch(/node_modules|\.js:|\.ts:|at Object\.|select \*|FST_|ER_/);
}
