import { exchange, ExchangeFailed, headerOf, type ExchangeAnswer } from './http-exchange';
import type { LoadProof } from './rule-proof';
import type { RuleIdentity } from './rule-identity';

/** Content that is, or is to be, at the configuration path, in the forms the proofs need. */
export interface ConfigContent {
  bytes: Buffer;
  /** SHA-256, hex. */
  hash: string;
  rules: RuleIdentity[];
}

/** What became of a reload request. Only `refused` is a judgement about the file. */
export type ReloadAnswer =
  | { kind: 'accepted'; at: number | null }
  | { kind: 'refused'; reason: string }
  | { kind: 'hung'; reason: string }
  | { kind: 'unreachable'; reason: string }
  | { kind: 'unusable'; reason: string };

/** What the heartbeat says about the target. */
export interface TargetHealth {
  healthy: boolean;
  response_ms: number | null;
  /** What the target showed itself to be. */
  kind: TargetKind | null;
  version: string | null;
  /** How far its clock is ahead of this host's, in ms; its `Date` tells whole seconds only. */
  clock_ahead_ms: number | null;
}

/** The programs a sidecar can stand beside. */
export type TargetKind = 'prometheus' | 'vmalert' | 'alertmanager';

/** What a target is, as far as it shows that. */
export type TargetIdentity = Pick<TargetHealth, 'kind' | 'version'>;

/** The program whose configuration file this sidecar keeps. */
export interface Target {
  /** Tool that judges a file before it is used, with its arguments, when it is on PATH. */
  readonly check: { tool: string; args: readonly string[] };
  /** The smallest valid file, for when a refused first revision has no predecessor to go back to. */
  readonly minimalConfig: Buffer;
  /** Longest pause between two attempts to make it run something that it neither refused nor proved, in sync intervals. */
  readonly longestRetry: number;
  /** Whether its proof is about the bytes of the file, not about rules that two files can share. */
  readonly isExact: boolean;
  /** Asks the target to read its configuration again. Never rejects for what the target does. */
  reload(): Promise<ReloadAnswer>;
  /** Compares what the target runs with `content`. Rejects with ExchangeFailed when it cannot be asked. */
  prove(content: ConfigContent, since: number | null): Promise<LoadProof>;
  health(): Promise<TargetHealth>;
}

/** Requests to the target; all under the address of its `/-/reload`. */
export class TargetClient {
  constructor(
    private readonly reloadUrl: URL,
    private readonly reloadTimeoutMs: number,
    private readonly signal: AbortSignal,
  ) {}

  /** GETs a path of the target, e.g. `/api/v1/rules`. Rejects with ExchangeFailed, also for any status but 200. */
  async get(path: string, maxBytes = 64 * 1024 * 1024): Promise<ExchangeAnswer> {
    const url = new URL(this.reloadUrl);
    const [pathname = '', search = ''] = path.split('?');
    url.pathname = this.reloadUrl.pathname.replace(/\/-\/reload$/, pathname);
    url.search = search;
    const answer = await exchange({
      method: 'GET',
      url,
      timeoutMs: Math.min(10_000, this.reloadTimeoutMs),
      maxBytes,
      signal: this.signal,
    });
    if (answer.status !== 200) throw new ExchangeFailed('cut', `${pathname} answered ${answer.status}`);
    return answer;
  }

  /** POSTs `/-/reload`. The time of the answer is taken from the target's own clock, which dates its evaluations too. */
  async reload(): Promise<ReloadAnswer> {
    try {
      const answer = await exchange({
        method: 'POST',
        url: this.reloadUrl,
        timeoutMs: this.reloadTimeoutMs,
        maxBytes: 64 * 1024,
        signal: this.signal,
      });
      if (answer.status === 200) return { kind: 'accepted', at: dateOf(answer) };
      if (answer.status === 500)
        return {
          kind: 'refused',
          reason: `the reload was refused: ${answer.body.toString('utf8').trim().slice(0, 300)}`,
        };
      return { kind: 'unusable', reason: `the reload answered ${answer.status}${reloadAdvice(answer.status)}` };
    } catch (error) {
      if (!(error instanceof ExchangeFailed)) throw error;
      if (error.kind === 'timeout')
        return { kind: 'hung', reason: `the reload was not answered within ${this.reloadTimeoutMs} ms` };
      return { kind: 'unreachable', reason: `the target cannot be reached: ${error.message}` };
    }
  }

  /** Asks `/-/healthy` and times it; `identity` reads what the target is from wherever it shows that. */
  async health(identity: () => Promise<TargetIdentity>): Promise<TargetHealth> {
    const start = process.hrtime.bigint();
    try {
      const answer = await this.get('/-/healthy', 64 * 1024);
      const responseMs = Number((process.hrtime.bigint() - start) / 1_000n) / 1_000;
      const shown = dateOf(answer);
      // The second that was told is half over on average, and so is the exchange when it was told.
      const clock_ahead_ms = shown === null ? null : Math.round(shown + 500 - (Date.now() - responseMs / 2));
      return { healthy: true, response_ms: responseMs, clock_ahead_ms, ...(await identity()) };
    } catch (error) {
      if (!(error instanceof ExchangeFailed)) throw error;
      return { healthy: false, response_ms: null, clock_ahead_ms: null, kind: null, version: null };
    }
  }
}

function dateOf(answer: ExchangeAnswer): number | null {
  const at = Date.parse(headerOf(answer.headers, 'date') ?? '');
  return Number.isNaN(at) ? null : at;
}

function reloadAdvice(status: number): string {
  if (status === 403) return ': start Prometheus with --web.enable-lifecycle';
  if (status === 404 || status === 405) return ': check RELOAD_URL';
  if (status === 401) return ': put user:password@ into RELOAD_URL';
  return '';
}

/** The body of an answer as JSON, null when it is not. */
export function jsonOf(answer: ExchangeAnswer): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8'));
  } catch {
    return null;
  }
}
