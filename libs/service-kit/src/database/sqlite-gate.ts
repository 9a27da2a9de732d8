/** The one SQLite connection was not free in time: some transaction is held open too long. */
export class SqliteGateTimeoutError extends Error {
  constructor(waitedMs: number) {
    super(`waited ${waitedMs} ms for the SQLite connection: a transaction is held open, perhaps across a network call`);
    this.name = 'SqliteGateTimeoutError';
  }
}

interface Waiter {
  holder: object;
  enter: () => void;
}

/**
 * Lets one holder at a time use a connection, first come first served. TypeORM has one connection per SQLite file, and
 * without this two overlapping transactions are one: a rollback of either silently takes the other's rows with it.
 */
export class SqliteGate {
  private holder: object | undefined;
  private readonly waiters: Waiter[] = [];

  /** @param waitMs how long `enter` waits before it gives up, in milliseconds */
  constructor(private readonly waitMs: number) {}

  isHeldBy(holder: object): boolean {
    return this.holder === holder;
  }

  /** Waits for the connection. Errors: SqliteGateTimeoutError. */
  async enter(holder: object): Promise<void> {
    if (this.holder === undefined) {
      this.holder = holder;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiters.splice(this.waiters.indexOf(waiter), 1);
        reject(new SqliteGateTimeoutError(this.waitMs));
      }, this.waitMs);
      const waiter: Waiter = {
        holder,
        enter: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      this.waiters.push(waiter);
    });
  }

  /** Hands the connection to the next in the queue; nothing happens when `holder` does not have it. */
  leave(holder: object): void {
    if (this.holder !== holder) return;
    const next = this.waiters.shift();
    this.holder = next?.holder;
    next?.enter();
  }
}
