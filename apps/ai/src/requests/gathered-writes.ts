import { AsyncResource } from 'node:async_hooks';
import { ServiceError } from '@alertagent/contracts';

/** Enough to make a commit cheap for each, few enough to be over long before a transaction's time is. */
const MAX_TOGETHER = 32;

interface Waiting<T, R> {
  item: T;
  resolve: (result: R) => void;
  reject: (error: unknown) => void;
}

/**
 * Turns many single writes into few: while one is under way the next ones gather, and go together. A lone one never waits for
 * company.
 */
export class GatheredWrites<T, R = void> {
  private waiting: Waiting<T, R>[] = [];
  private isWriting = false;
  /** Writes belong to nobody's request: what one of them leaves in logs and headers must not bear the name of another. */
  private readonly ofNobody = new AsyncResource('GatheredWrites');

  /** @param write stores all items or none; resolves after the commit, to what came of each where somebody asks for that */
  constructor(private readonly write: (items: readonly T[]) => Promise<readonly R[]>) {}

  /** Resolves once the item is committed. Errors: those of `write`. */
  submit(item: T): Promise<R> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (!this.isWriting) void this.ofNobody.runInAsyncScope(() => this.writeAll());
    });
  }

  private async writeAll(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0) await this.settle(this.waiting.splice(0, MAX_TOGETHER));
    this.isWriting = false;
  }

  private async settle(batch: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await this.write(batch.map(({ item }) => item));
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as R);
    } catch (error) {
      // An outage is one for each of them; anything else may be due to a single one, which must not take the others with it.
      const isOutage = error instanceof ServiceError && error.code === 'unavailable';
      if (batch.length === 1 || isOutage) for (const { reject } of batch) reject(error);
      else for (const one of batch) await this.settle([one]);
    }
  }
}
