import { Injectable } from '@nestjs/common';

/** Lets the worker sleep until a time has passed or somebody rings; a ring while it works is not lost. */
@Injectable()
export class WakeUp {
  private hasRung = false;
  private wake: (() => void) | undefined;

  ring(): void {
    this.hasRung = true;
    this.wake?.();
  }

  /** Sleeps at most `ms` milliseconds; not at all when somebody rang since the last sleep. */
  async sleep(ms: number): Promise<void> {
    if (!this.hasRung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.hasRung = false;
    this.wake = undefined;
  }
}
