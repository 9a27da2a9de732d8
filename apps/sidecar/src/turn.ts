/** Lets one piece of work at a time touch the file and the target; others wait for their turn in order. */
export class Turn {
  private last: Promise<unknown> = Promise.resolve();

  /** Runs `work` after all work that was handed in before it; a failure of one does not stop the next. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work, work);
    this.last = mine.catch(() => undefined);
    return mine;
  }
}
