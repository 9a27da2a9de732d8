import { ModelError } from './model-error';

/** Why Dify gave no answer. `message` is safe to store and show. */
export class DifyError extends ModelError {}

/** Dify could not be reached or is overloaded; an answer that is merely bad says nothing about the next one. */
export class DifyOutage extends DifyError {
  /** Milliseconds that Dify wants to be left alone. */
  retryAfterMs = 0;
}

/** The stream of an answer ended before the answer did: what Dify works on may go on. */
export class DifyBrokeOff extends DifyError {}
