import { escalationRaised } from '@alertagent/contracts';
import { Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { In, LessThan, MoreThan, type EntityManager } from 'typeorm';
import type { PagePosition } from '../requests/page';
import { escalationView, type Escalation } from './escalation';
import { escalationEntity } from './escalation.entity';

/** Escalations, each told to the other services in the transaction that stores it. */
@Injectable()
export class EscalationsStore {
  constructor(private readonly outbox: Outbox) {}

  /** Errors: a unique violation when the same request is stored already. */
  async raise(tx: EntityManager, escalation: Escalation): Promise<void> {
    await tx.insert(escalationEntity, escalation);
    await this.outbox.add(tx, escalationRaised, {
      escalation_id: escalation.id,
      escalation: escalationView(escalation),
    });
  }

  /** An escalation with one of these keys that is younger than `since`. */
  findRepeated(manager: EntityManager, keys: readonly string[], since: Date): Promise<Escalation | null> {
    return manager.findOneBy(escalationEntity, { requestKey: In([...keys]), createdAt: MoreThan(since) });
  }

  /** Newest first, one more than asked for. */
  list(
    manager: EntityManager,
    { incidentId, alertId }: { incidentId?: string | null; alertId?: string | null },
    { before, limit }: PagePosition,
  ): Promise<Escalation[]> {
    return manager.find(escalationEntity, {
      where: {
        ...(incidentId ? { incidentId } : {}),
        ...(alertId ? { alertId } : {}),
        ...(before ? { id: LessThan(before) } : {}),
      },
      order: { id: 'DESC' },
      take: limit + 1,
    });
  }
}
