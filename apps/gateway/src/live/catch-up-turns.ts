/** Lets few do at a time what takes memory; the others wait in the order they came. */
export class CatchUpTurns {
  private readonly waiting: (() => void)[] = [];
  private free: number;

  /** @param atOnce how many have their turn together */
  constructor(atOnce: number) {
    this.free = atOnce;
  }

  /** Runs `work` when its turn has come. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}
