import type { ClaimedWebhook } from '../intake/claimed-webhook';

/** What another loop had taken before failed, so it waits in the inbox again and must not be overtaken by what came after it. */
export class OvertakingError extends Error {
  constructor() {
    super('webhooks that came before these failed; all of them are taken again');
  }
}

/**
 * Keeps batches that several loops of this process have in hand at once in the order of the inbox: taken one after the other, and
 * decided on one after the other. What a sender says must not be overtaken by what it said later.
 */
export class BatchOrder {
  private taking: Promise<unknown> = Promise.resolve();
  private last: Place | null = null;

  /** Takes a batch once no other loop is taking one; from then on `place` is behind all that were taken before. */
  async take(place: Place, take: () => Promise<ClaimedWebhook[]>): Promise<ClaimedWebhook[]> {
    const taken = this.taking.then(take).then((webhooks) => {
      place.take(webhooks, this.last);
      this.last = place;
      return webhooks;
    });
    this.taking = taken.catch(() => undefined);
    return taken;
  }
}

/** The place of one batch in the order. Whoever has one ends it, whatever becomes of the batch. */
export class Place {
  /** Says whether the batch is committed. */
  end!: (isCommitted: boolean) => void;
  private readonly ended: Promise<boolean>;
  private webhooks: readonly ClaimedWebhook[] = [];
  private before: Place | null = null;

  constructor() {
    this.ended = new Promise((resolve) => (this.end = resolve));
  }

  take(webhooks: readonly ClaimedWebhook[], before: Place | null): void {
    this.webhooks = webhooks;
    this.before = before;
  }

  /** Waits until the batch before this one is done. Errors: OvertakingError when it failed and is to be done again before this one. */
  async reached(): Promise<void> {
    const { before } = this;
    // Places are a chain; what is done need not be remembered.
    this.before = null;
    if (before !== null && !(await before.ended) && before.hasOlderThan(this)) throw new OvertakingError();
  }

  /** Whether something is here, and not there, that comes before what is there. */
  private hasOlderThan(later: Place): boolean {
    const taken = new Set(later.webhooks.map(({ id }) => id));
    return this.webhooks.some(
      ({ cluster_id, id }) =>
        !taken.has(id) && later.webhooks.some((other) => other.cluster_id === cluster_id && id < other.id),
    );
  }
}
