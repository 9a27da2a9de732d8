/** Lets a loop sleep until a time has passed or somebody wakes it; a wake-up while it works is not lost. */
export class WakeSignal {
  private woken = false;
  private wakeSleeper: (() => void) | undefined;

  wake(): void {
    this.woken = true;
    this.wakeSleeper?.();
  }

  /** Sleeps at most `ms` milliseconds. */
  async sleep(ms: number): Promise<void> {
    if (!this.woken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wakeSleeper = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.woken = false;
    this.wakeSleeper = undefined;
  }
}
