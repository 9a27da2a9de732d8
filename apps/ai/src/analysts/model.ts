import type { Prompt } from './prompt';

/** A server that answers questions with a model. */
export interface Model {
  /** As the analysis names its analyst. */
  readonly name: 'dify' | 'openai';
  readonly isConfigured: boolean;
  /** The answer, as text that nobody has checked yet. Errors: ModelError; anything else when the call was cut by `close`. */
  ask(prompt: Prompt): Promise<string>;
  /** Cuts open calls. */
  close(): Promise<void>;
}
