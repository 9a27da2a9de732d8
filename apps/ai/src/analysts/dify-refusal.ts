import type { OutboundResponse } from '@alertagent/service-kit';
import { DifyError, DifyOutage } from './dify-error';
import { quoted } from './model-error';

/** Milliseconds that Dify may want to be left alone at most. */
const LONGEST_WAIT_MS = 3_600_000;

/** What an answer says that is none; null for a success. */
export function refusalOf({ status, headers, body }: OutboundResponse): DifyError | null {
  if (status >= 200 && status < 300) return null;
  const problem = `Dify answered ${status} (${codeOf(body)})`;
  if (status < 500 && status !== 429) return new DifyError(problem);
  const outage = new DifyOutage(problem);
  outage.retryAfterMs = millisecondsOf(headers['retry-after']);
  return outage;
}

/** `Retry-After` in seconds, as rate limits have it; a date is not read. */
const millisecondsOf = (text: string | undefined): number =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Math.min(Number(text) * 1_000, LONGEST_WAIT_MS) : 0;

function codeOf(body: string): string {
  try {
    return quoted((JSON.parse(body) as { code?: unknown } | null)?.code);
  } catch {
    return 'no reason given';
  }
}
