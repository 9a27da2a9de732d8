import { ServiceError } from '@alertagent/contracts';
import type { OutboundResponse } from '@alertagent/service-kit';
import type { ExecutionOutcome } from './action-executor';
import { mayHaveArrived } from '../../requests/may-have-arrived';

const MAX_KEPT = 4_000;

/** What an answer says about the effect: 2xx is done, 3xx and 4xx are refusals, anything else leaves it open. */
export function outcomeOfAnswer({ status, body }: OutboundResponse): ExecutionOutcome {
  if (status >= 200 && status < 300) return { kind: 'done', result: { status, answer: answerOf(body) } };
  const error = `the answer was ${status}`;
  if (status >= 300 && status < 500 && status !== 408) return { kind: 'refused', error };
  return { kind: 'unknown', error };
}

/** What a request that got no answer says about the effect. */
export function outcomeOfFailure(error: unknown): ExecutionOutcome {
  if (!(error instanceof ServiceError)) throw error;
  // An address that may not be called was not called.
  const isSure = error.code === 'invalid' || !mayHaveArrived(error);
  return { kind: isSure ? 'refused' : 'unknown', error: error.message };
}

/** The answer as it is kept: the JSON object that it is, else its beginning. */
function answerOf(body: string): object | string {
  try {
    const parsed: unknown = body.length > MAX_KEPT ? null : JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Not JSON: kept as text.
  }
  return body.slice(0, MAX_KEPT).toWellFormed();
}
