import { newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { LessThan, type EntityManager } from 'typeorm';
import { ruleDisagreementEntity, type StoredDisagreement } from './rule-disagreement.entity';

/** Nobody reads more; what comes then is logged and counted only. */
const MOST_KEPT = 1000;

export type NewDisagreement = Omit<StoredDisagreement, 'id' | 'seen' | 'firstSeenAt' | 'lastSeenAt'>;

/** What promtool judged differently. */
@Injectable()
export class DisagreementsStore {
  /** One that is known is seen once more. */
  async note(tx: EntityManager, found: NewDisagreement, now: Date): Promise<void> {
    const { textHash, promtool } = found;
    const known = await tx.findOneBy(ruleDisagreementEntity, { textHash, promtool });
    if (known) {
      const { source, ruleId, ruleVersion } = found;
      const changes = { source, ruleId, ruleVersion, seen: known.seen + 1, lastSeenAt: now };
      await tx.update(ruleDisagreementEntity, { id: known.id }, changes);
    } else if ((await tx.count(ruleDisagreementEntity)) < MOST_KEPT) {
      await tx.insert(ruleDisagreementEntity, { ...found, id: newId(), seen: 1, firstSeenAt: now, lastSeenAt: now });
    }
  }

  /** Newest first. */
  list(manager: EntityManager, before: string | null, limit: number): Promise<StoredDisagreement[]> {
    const where = before === null ? {} : { id: LessThan(before) };
    return manager.find(ruleDisagreementEntity, { where, order: { id: 'DESC' }, take: limit });
  }

  find(manager: EntityManager, id: string): Promise<StoredDisagreement | null> {
    return manager.findOneBy(ruleDisagreementEntity, { id });
  }
}
