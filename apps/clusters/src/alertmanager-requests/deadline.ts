/** The time that one request has for everything it asks. */
export class Deadline {
  private readonly end: number;

  constructor(ms: number) {
    this.end = performance.now() + ms;
  }

  /** Milliseconds that are left; 0 when it is over. */
  get leftMs(): number {
    return Math.max(0, Math.floor(this.end - performance.now()));
  }

  /** A fair part of what is left, for the first of so many who may have to be asked one after the other. */
  share(candidates: number): number {
    return Math.floor(this.leftMs / Math.max(1, candidates));
  }
}
