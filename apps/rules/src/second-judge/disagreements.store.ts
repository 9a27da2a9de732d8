import type { DisagreementState } from '@alertagent/contracts';
import { newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { IsNull, LessThan, Not, type EntityManager } from 'typeorm';
import { ruleDisagreementEntity, type StoredDisagreement } from './rule-disagreement.entity';

/** Nobody reads more that are open; what comes then is logged and counted only. */
const MOST_KEPT = 1000;

/** Who dismissed one, when and why. */
export type Dismissal = Pick<StoredDisagreement, 'dismissedAt' | 'dismissedBy' | 'dismissalReason'>;
export type NewDisagreement = Omit<StoredDisagreement, 'id' | 'seen' | 'firstSeenAt' | 'lastSeenAt' | keyof Dismissal>;

const OPEN: Dismissal = { dismissedAt: null, dismissedBy: null, dismissalReason: null };
const IN_STATE = { open: { dismissedAt: IsNull() }, dismissed: { dismissedAt: Not(IsNull()) }, all: {} };

/** What promtool judged differently. */
@Injectable()
export class DisagreementsStore {
  /** One that is known is seen once more. Answers whether it has been dismissed. */
  async note(tx: EntityManager, found: NewDisagreement, now: Date): Promise<boolean> {
    const { textHash, promtool } = found;
    const known = await tx.findOneBy(ruleDisagreementEntity, { textHash, promtool });
    if (known) {
      const { source, ruleId, ruleVersion } = found;
      const changes = { source, ruleId, ruleVersion, seen: known.seen + 1, lastSeenAt: now };
      await tx.update(ruleDisagreementEntity, { id: known.id }, changes);
    } else if ((await tx.countBy(ruleDisagreementEntity, IN_STATE.open)) < MOST_KEPT) {
      const times = { firstSeenAt: now, lastSeenAt: now };
      await tx.insert(ruleDisagreementEntity, { ...found, ...OPEN, ...times, id: newId(), seen: 1 });
    }
    return known !== null && known.dismissedAt !== null;
  }

  /** Newest first. */
  list(
    manager: EntityManager,
    state: DisagreementState,
    { before, limit }: { before: string | null; limit: number },
  ): Promise<StoredDisagreement[]> {
    const where = { ...IN_STATE[state], ...(before === null ? {} : { id: LessThan(before) }) };
    return manager.find(ruleDisagreementEntity, { where, order: { id: 'DESC' }, take: limit });
  }

  /** Dismisses it, or with null opens it again. */
  async judge(tx: EntityManager, id: string, dismissal: Dismissal | null): Promise<void> {
    await tx.update(ruleDisagreementEntity, { id }, dismissal ?? OPEN);
  }

  find(manager: EntityManager, id: string): Promise<StoredDisagreement | null> {
    return manager.findOneBy(ruleDisagreementEntity, { id });
  }
}
