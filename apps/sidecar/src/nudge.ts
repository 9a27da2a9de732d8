/** Lets one loop sleep until its time has come or somebody pokes it. A poke while it is awake is not lost. */
export class Nudge {
  private isPoked = false;
  private wake: () => void = () => undefined;

  /** Ends the current sleep, or the next one at once. */
  poke(): void {
    this.isPoked = true;
    this.wake();
  }

  /** Sleeps for `ms` (null = without end), until a poke, or until the signal aborts. Never rejects. */
  wait(ms: number | null, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === null ? undefined : setTimeout(() => done(), ms);
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.wake = (): void => undefined;
        this.isPoked = false;
        resolve();
      };
      if (this.isPoked || signal.aborted) return done();
      this.wake = done;
      signal.addEventListener('abort', done);
    });
  }
}
