/** How one request to one Alertmanager ended. */
export const REQUEST_OUTCOMES = [
  'answered',
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

/** Nothing of the request can have reached the Alertmanager. */
const NOT_SENT: ReadonlySet<RequestOutcome> = new Set(['unreachable', 'not_allowed', 'skipped']);
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
  get wasNotSent(): boolean {
    return NOT_SENT.has(this.outcome);
  }

  get isFault(): boolean {
    return FAULTS.has(this.outcome);
  }
}
