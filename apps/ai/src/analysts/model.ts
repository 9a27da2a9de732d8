import type { Price } from '../budget/amounts';
import type { CallTrace } from './call-trace';
import type { Prompt } from './prompt';

/** What belongs to one call. */
export interface ModelCallContext {
  /** Aborted when nobody wants the answer any more. */
  signal: AbortSignal;
  /** Written to as the call goes on, so that what it took is known however it ends. */
  trace: CallTrace;
}

/** A server that answers questions with a model. */
export interface Model {
  /** As the analysis names its analyst. */
  readonly name: 'dify' | 'openai';
  /** Model or app that is asked. */
  readonly app: string;
  readonly isConfigured: boolean;
  /** Null when the server tells afterwards what a call cost. */
  readonly price: Price | null;
  /** The longest that one call can take. */
  readonly timeoutMs: number;
  /** The answer, as text that nobody has checked yet. Errors: ModelError; anything else when the call was cut by `close` or its signal. */
  ask(prompt: Prompt, context: ModelCallContext): Promise<string>;
  /** Cuts open calls. */
  close(): Promise<void>;
}
