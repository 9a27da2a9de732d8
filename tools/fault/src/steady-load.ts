import type { RowContext } from './row';
import type { Sender } from './sender';

/** Load that goes on until it is stopped; a row that breaks off stops it, too. */
export class SteadyLoad {
  private isOver = false;
  private readonly loop: Promise<void>;

  /** @param burst sends for about a second */
  constructor(context: RowContext, sender: Sender, burst: (sender: Sender) => Promise<void>) {
    this.loop = (async (): Promise<void> => {
      while (!this.isOver) await burst(sender);
    })();
    context.later(() => this.stop());
  }

  /** Resolves when the last burst has been answered. */
  async stop(): Promise<void> {
    this.isOver = true;
    await this.loop;
  }
}
