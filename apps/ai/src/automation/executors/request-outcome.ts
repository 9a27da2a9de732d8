import { ServiceError } from '@alertagent/contracts';
import type { ExecutionOutcome } from './action-executor';

/** What a request to another service says about the effect. What it refused it did not do; what it did not answer it may have. */
export async function outcomeOfRequest(ask: () => Promise<object>): Promise<ExecutionOutcome> {
  try {
    return { kind: 'done', result: await ask() };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { kind: error.retryable ? 'unknown' : 'refused', error: error.message };
  }
}
