/** Where domain code gets the time from, so that tests can set it. */
export abstract class Clock {
  abstract now(): Date;
}
