/** Why a source of PromQL gave no answer that can be used. */
export type SourceOutcome =
  /** The operator does not let requests go there. */
  | 'not_allowed'
  /** It understood the question and refused it: nothing is won by asking again. */
  | 'refused'
  /** It broke off, took too long, said too much or nothing: a smaller question may do. */
  | 'failed';

/** A source gave no answer. The message may be shown to whoever asked. */
export class SourceFailure extends Error {
  constructor(
    readonly outcome: SourceOutcome,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'SourceFailure';
  }
}
