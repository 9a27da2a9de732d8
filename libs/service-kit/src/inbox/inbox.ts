import type { DataSource, EntityManager } from 'typeorm';
import { isUniqueViolation } from '../database/database-errors';
import { inTransaction } from '../database/in-transaction';
import { inboxEntity } from './inbox-table';

/** What identifies the work of one delivery. */
export interface InboxDelivery {
  /** The event's message id: the same for every redelivery. At most 128 characters. */
  messageId: string;
  /** The durable name of the handler: one event may have several. At most 128 characters. */
  handler: string;
}

/** Rolls the transaction back without being an error. */
class DuplicateDelivery extends Error {}

/** Makes the work of an event happen once, however often the event is delivered. */
export class Inbox {
  private readonly entity;

  /** @param service owner of the table, e.g. `rules` */
  constructor(
    private readonly dataSource: DataSource,
    service: string,
  ) {
    this.entity = inboxEntity(service);
  }

  /**
   * Does `work` and remembers the delivery in one transaction; `duplicate` when it was done before, in which case nothing is
   * changed. Deliveries of one message at the same time wait for each other. Errors: those of `work`, after a rollback, so
   * that the next delivery tries again; ServiceError `unavailable`.
   */
  async once(delivery: InboxDelivery, work: (tx: EntityManager) => Promise<void>): Promise<'done' | 'duplicate'> {
    try {
      await inTransaction(this.dataSource, async (tx) => {
        await this.remember(tx, delivery);
        await work(tx);
      });
      return 'done';
    } catch (error) {
      if (error instanceof DuplicateDelivery) return 'duplicate';
      throw error;
    }
  }

  private async remember(tx: EntityManager, { handler, messageId }: InboxDelivery): Promise<void> {
    try {
      await tx.insert(this.entity, { handler, messageId, handledAt: new Date() });
    } catch (error) {
      throw isUniqueViolation(error) ? new DuplicateDelivery() : error;
    }
  }
}
