import { eventSubject, parsePayload, ServiceError, type EventContract } from '@alertagent/contracts';
import type { EntityManager } from 'typeorm';
import { currentContext, toHeaders } from '../context/request-context';
import { afterCommit } from '../database/after-commit';
import { newId } from '../ids/new-id';
import { outboxEntity } from './outbox-tables';

/** Larger facts would not fit the bus even compressed, and would wait in the table for ever. */
const MAX_PAYLOAD_CHARACTERS = 8 * 1024 * 1024;

/** The only way to publish an event: in the transaction of the change it tells about, so that neither exists without the other. */
export class Outbox {
  private readonly entity;
  private readonly listeners = new Set<() => void>();

  /** @param service owner of the table, e.g. `rules` */
  constructor(service: string) {
    this.entity = outboxEntity(service);
  }

  /**
   * Adds a fact to be published once `tx` is committed, and returns its id. The payload is checked by its contract first.
   * Errors: ServiceError `invalid` (payload or key), `too_large`.
   */
  async add<T extends object>(
    tx: EntityManager,
    contract: EventContract<T>,
    payload: NoInfer<T>,
    options: { headers?: Record<string, string> } = {},
  ): Promise<string> {
    const checked = parsePayload(contract.payload, payload);
    const text = JSON.stringify(checked);
    if (text.length > MAX_PAYLOAD_CHARACTERS)
      throw new ServiceError('too_large', `the event ${contract.subject} is too large`);
    const id = newId();
    const now = new Date();
    const context = currentContext();
    await tx.insert(this.entity, {
      id,
      subject: eventSubject(contract, checked),
      payload: text,
      headers: { ...(context ? toHeaders(context) : {}), ...options.headers },
      createdAt: now,
      attempts: 0,
      nextAttemptAt: now,
    });
    afterCommit(tx, () => this.notify());
    return id;
  }

  /** Calls `listener` after each commit that added something. Returns how to stop that. */
  onCommit(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}
