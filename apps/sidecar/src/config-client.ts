import { formatGoDuration } from './go-duration';
import { exchange, type ExchangeAnswer } from './http-exchange';
import type { SidecarReport } from './progress';
import type { Settings } from './settings';

const MAX_CONFIG_BYTES = 32 * 1024 * 1024;
const MAX_STATEMENTS_BYTES = 1024 * 1024;
/** Time in ms that an answer may take beyond the time the server was asked to hold it. */
const ANSWER_MS = 15_000;

/** The config service's HTTP interface. Every method rejects with ExchangeFailed when no complete answer came. */
export class ConfigClient {
  constructor(
    private readonly settings: Settings,
    private readonly signal: AbortSignal,
  ) {}

  /** Asks for the current revision; with `waitMs` the server holds the request until there is a newer one than `etag`. */
  fetch(query: { etag: string | null; waitMs: number }): Promise<ExchangeAnswer> {
    const url = this.url('/api/v1/configs');
    url.searchParams.set('cluster_id', this.settings.clusterId);
    url.searchParams.set('type', this.settings.type);
    if (query.waitMs > 0) url.searchParams.set('wait', formatGoDuration(query.waitMs));
    const headers = { ...this.authorization(), ...(query.etag === null ? {} : { 'if-none-match': query.etag }) };
    return exchange({
      method: 'GET',
      url,
      headers,
      timeoutMs: query.waitMs + ANSWER_MS,
      maxBytes: MAX_CONFIG_BYTES,
      signal: this.signal,
    });
  }

  /** Asks for the statements by which one signing key follows another. */
  keyStatements(): Promise<ExchangeAnswer> {
    return exchange({
      method: 'GET',
      url: this.url('/api/v1/configs/keys'),
      headers: this.authorization(),
      timeoutMs: ANSWER_MS,
      maxBytes: MAX_STATEMENTS_BYTES,
      signal: this.signal,
    });
  }

  /** Delivers one report and answers the status. */
  async report(report: SidecarReport & { observed_at?: string }): Promise<number> {
    // Of this attempt, not of the report, which may have waited: it tells how far the clocks are apart.
    const sent_at = new Date().toISOString();
    return (await this.post('/api/v1/configs/reports', { ...report, sent_at })).status;
  }

  /** Asks for a webhook token for this cluster. */
  webhookToken(member: string): Promise<ExchangeAnswer> {
    return this.post('/api/v1/configs/webhook-token', { member });
  }

  /** Delivers a firing set, written as JSON already, and answers the status. */
  async firingSet(body: Buffer): Promise<number> {
    return (await this.postBody('/api/v1/alerts/firing-set', body)).status;
  }

  private post(path: string, body: object): Promise<ExchangeAnswer> {
    return this.postBody(path, JSON.stringify(body));
  }

  private postBody(path: string, body: string | Buffer): Promise<ExchangeAnswer> {
    return exchange({
      method: 'POST',
      url: this.url(path),
      headers: this.authorization(),
      body,
      timeoutMs: ANSWER_MS,
      maxBytes: 64 * 1024,
      signal: this.signal,
    });
  }

  private url(path: string): URL {
    const url = new URL(this.settings.endpoint);
    url.pathname = `${url.pathname.replace(/\/$/, '')}${path}`;
    return url;
  }

  private authorization(): Record<string, string> {
    return { authorization: `Bearer ${this.settings.token}` };
  }
}
