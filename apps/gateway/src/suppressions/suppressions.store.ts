import type { SuppressionDefinition } from '@alertagent/alerting';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { IsNull, MoreThan, type EntityManager } from 'typeorm';
import { definitionOf } from './suppression-terms';
import { Suppression } from './suppression.entity';

/** How long one that is over stays in the policy: alerts that come late are judged by when they started. */
const KEPT_AFTER_END_MS = 24 * 60 * 60_000;

/** The suppressions that a policy is made of. */
@Injectable()
export class SuppressionsStore {
  constructor(private readonly clock: Clock) {}

  /** Those that are switched on, oldest first, as the transaction sees them. */
  async definitions(tx: EntityManager): Promise<SuppressionDefinition[]> {
    const since = this.clock.now().getTime() - KEPT_AFTER_END_MS;
    const isKept = { deleted_at: IsNull(), enabled: true };
    const rows = await tx.find(Suppression, {
      where: [
        { ...isKept, ends_at: IsNull() },
        { ...isKept, ends_at: MoreThan(since) },
      ],
      order: { id: 'ASC' },
    });
    return rows.map(definitionOf);
  }
}
