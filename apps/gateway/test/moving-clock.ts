import { Clock } from '@alertagent/service-kit';

/** The machine's clock, which a test can move ahead. */
export class MovingClock extends Clock {
  private ahead = 0;

  now(): Date {
    return new Date(Date.now() + this.ahead);
  }

  advance(ms: number): void {
    this.ahead += ms;
  }

  /** A time from now as webhooks write it. */
  at(ms = 0): string {
    return new Date(this.now().getTime() + ms).toISOString();
  }
}
