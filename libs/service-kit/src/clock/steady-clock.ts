import { Clock } from './clock';

/** A difference from the reference below this is the network's, not the clock's; in milliseconds. */
const TOLERANCE_MS = 500;

/**
 * UTC that does not jump when the machine's clock does. It goes by the monotonic clock, starting from the machine's, and is
 * set by a reference that all replicas share: the database. So a replica whose clock is wrong judges tokens, windows and the
 * order of events like the others.
 */
export class SteadyClock extends Clock {
  private origin: number;

  /**
   * @param wall epoch ms of the machine's clock; for tests
   * @param monotonic ms since any moment; for tests
   */
  constructor(
    private readonly wall: () => number = Date.now,
    private readonly monotonic: () => number = () => performance.now(),
  ) {
    super();
    this.origin = this.wall() - this.monotonic();
  }

  now(): Date {
    return new Date(Math.round(this.origin + this.monotonic()));
  }

  /** Sets it to the reference's time, epoch ms, unless the two agree. Returns by how many ms it was changed. */
  follow(reference: number): number {
    const differenceMs = Math.round(reference - (this.origin + this.monotonic()));
    if (Math.abs(differenceMs) <= TOLERANCE_MS) return 0;
    this.origin += differenceMs;
    return differenceMs;
  }
}
