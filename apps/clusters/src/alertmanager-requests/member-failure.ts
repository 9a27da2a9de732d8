/** How one request to one Alertmanager ended. `rejected`: what it was asked is wrong; `refused`: it would not, as without a password. */
export const REQUEST_OUTCOMES = [
  'answered',
  'rejected',
  'refused',
  'failed',
  'unreadable',
  'timeout',
  'broken',
  'unreachable',
  'not_allowed',
  'skipped',
] as const;
export type RequestOutcome = (typeof REQUEST_OUTCOMES)[number];

/** The request did not reach the Alertmanager, or was turned away there. */
const NOT_TAKEN: ReadonlySet<RequestOutcome> = new Set([
  'rejected',
  'refused',
  'unreachable',
  'not_allowed',
  'skipped',
]);
/** Reasons to leave a member alone for a while. */
const FAULTS: ReadonlySet<RequestOutcome> = new Set(['failed', 'unreadable', 'timeout', 'broken', 'unreachable']);

/** An Alertmanager did not do what it was asked. `message` is shown to people and repeats nothing that it answered. */
export class MemberFailure extends Error {
  constructor(
    readonly outcome: Exclude<RequestOutcome, 'answered'>,
    message: string,
    options: { cause?: unknown } = {},
  ) {
    super(message, options);
  }

  /** False when it may have done it all the same. */
  get wasNotTaken(): boolean {
    return NOT_TAKEN.has(this.outcome);
  }

  get isFault(): boolean {
    return FAULTS.has(this.outcome);
  }
}
