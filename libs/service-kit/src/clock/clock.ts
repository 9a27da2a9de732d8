/** Where domain code gets the time from, so that tests can set it. */
export abstract class Clock {
  abstract now(): Date;
}

/** The machine's clock, UTC. */
export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}
