import { Clock } from '@alertagent/service-kit';

/** A clock that stands still until a test moves it. */
export class TestClock extends Clock {
  private ms = Date.parse('2030-01-01T00:00:00Z');

  now(): Date {
    return new Date(this.ms);
  }

  advance(ms: number): void {
    this.ms += ms;
  }
}
