/** So many deadlines in a row open the circuit. */
const MOST_DEADLINES = 5;
/** Milliseconds after which an open circuit lets one request try again. */
const REST_MS = 5_000;

/**
 * Spares callers the wait for somebody who has not answered in time again and again: after five deadlines in a row requests
 * are refused at once, and every five seconds one of them finds out whether the answers are back.
 */
export class Circuit {
  private deadlines = 0;
  private closedUntil = 0;

  /** @param now monotonic milliseconds; for tests */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Whether a request may be sent; one that may after a rest is the trial, and the others go on waiting for its outcome. */
  admits(): boolean {
    if (this.deadlines < MOST_DEADLINES) return true;
    if (this.now() < this.closedUntil) return false;
    this.closedUntil = this.now() + REST_MS;
    return true;
  }

  /** The other side answered, even if by a refusal, or was found not to be there, which costs nobody any time. */
  answered(): void {
    this.deadlines = 0;
  }

  /** No answer came in time. */
  timedOut(): void {
    this.deadlines += 1;
    this.closedUntil = this.now() + REST_MS;
  }
}
