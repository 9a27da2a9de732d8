import { ServiceError } from '@alertagent/contracts';
import { IsNull, LessThan, type DataSource } from 'typeorm';
import { isUniqueViolation } from '../database/database-errors';
import { newId } from '../ids/new-id';
import { parkedMessagesEntity, type ParkedMessage } from './parked-messages-table';

/** What is known about an event when it is given up. */
export type MessageToPark = Pick<
  ParkedMessage,
  'handler' | 'messageId' | 'subject' | 'payload' | 'headers' | 'reason' | 'deliveries'
>;

export interface ParkedPage {
  items: ParkedMessage[];
  /** Pass it on for the next page; null at the end. */
  nextCursor: string | null;
}

/** Events no attempt could handle: kept with their reason until somebody replays or deletes them. */
export class ParkedMessages {
  private readonly entity;

  /** @param service owner of the table, e.g. `rules` */
  constructor(
    private readonly dataSource: DataSource,
    service: string,
  ) {
    this.entity = parkedMessagesEntity(service);
  }

  /** Parks an event; parking it again (after a replay, or a crash before its acknowledgement) updates the reason. Returns its id. */
  async park(message: MessageToPark): Promise<string> {
    const id = newId();
    const row = { ...message, reason: message.reason.slice(0, 1000), parkedAt: new Date(), replayedAt: null };
    const key = { handler: message.handler, messageId: message.messageId };
    try {
      await this.dataSource.manager.insert(this.entity, { ...row, id });
      return id;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      await this.dataSource.manager.update(this.entity, key, row);
      const parked = await this.dataSource.manager.findOneByOrFail(this.entity, key);
      return parked.id;
    }
  }

  /** Newest first. `cursor` is the `nextCursor` of the page before. */
  async list({ cursor, limit }: { cursor?: string | null; limit: number }): Promise<ParkedPage> {
    const rows = await this.dataSource.manager.find(this.entity, {
      where: cursor ? { id: LessThan(cursor) } : {},
      order: { id: 'DESC' },
      take: limit + 1,
    });
    const items = rows.slice(0, limit);
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  /** Errors: ServiceError `not_found`. */
  async get(id: string): Promise<ParkedMessage> {
    const row = await this.dataSource.manager.findOneBy(this.entity, { id });
    if (!row) throw new ServiceError('not_found', 'no such parked message');
    return row;
  }

  /** Remembers that the message was given to its handler again, with success. Errors: ServiceError `not_found`. */
  async markReplayed(id: string): Promise<void> {
    await this.get(id);
    await this.dataSource.manager.update(this.entity, { id }, { replayedAt: new Date() });
  }

  /** Deletes a message for good. Errors: ServiceError `not_found`. */
  async delete(id: string): Promise<void> {
    await this.get(id);
    await this.dataSource.manager.delete(this.entity, { id });
  }

  /** How many wait for a decision, for a metric. */
  async waiting(): Promise<number> {
    return this.dataSource.manager.countBy(this.entity, { replayedAt: IsNull() });
  }
}
