import type { Forecast } from '@alertagent/alerting';
import type { SuggestionOutlook } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { And, IsNull, LessThan, MoreThanOrEqual, Not, type EntityManager } from 'typeorm';
import type { PagePosition } from '../requests/page';
import type { Suggestion } from './suggestion';
import { suggestionEntity } from './suggestion.entity';

const MOST_REPORTED = 10_000;

/** Which suggestions a list shows. */
export interface SuggestionFilter {
  incidentId?: string | null;
  actionType?: string | null;
  outlook?: SuggestionOutlook | null;
}

/** How it turned out. */
export interface Shown {
  wasRight: boolean;
  by: 'feedback' | 'post_check';
  now: Date;
}

/** Suggestions and what became of them. */
@Injectable()
export class SuggestionsStore {
  async insert(tx: EntityManager, suggestion: Suggestion): Promise<void> {
    await tx.insert(suggestionEntity, suggestion);
  }

  find(manager: EntityManager, id: string): Promise<Suggestion | null> {
    return manager.findOneBy(suggestionEntity, { id });
  }

  /** Newest first, one more than asked for. */
  list(
    manager: EntityManager,
    { incidentId, actionType, outlook }: SuggestionFilter,
    { before, limit }: PagePosition,
  ): Promise<Suggestion[]> {
    return manager.find(suggestionEntity, {
      where: {
        ...(incidentId ? { incidentId } : {}),
        ...(actionType ? { actionType } : {}),
        ...(outlook ? { outlook } : {}),
        ...(before ? { id: LessThan(before) } : {}),
      },
      order: { id: 'DESC' },
      take: limit + 1,
    });
  }

  /** Those made in a time, at most 10,000. */
  madeIn(manager: EntityManager, from: Date, to: Date): Promise<Suggestion[]> {
    return manager.find(suggestionEntity, {
      select: { id: true, rule: true, actionType: true, confidence: true, wasRight: true, actionId: true },
      where: { createdAt: And(MoreThanOrEqual(from), LessThan(to)) },
      order: { id: 'ASC' },
      take: MOST_REPORTED,
    });
  }

  /** Records how it turned out. What a check showed outweighs what people think, so feedback does not replace it. */
  async show(tx: EntityManager, id: string, { wasRight, by, now }: Shown): Promise<void> {
    const seen = await this.find(tx, id);
    if (!seen || (seen.shownBy === 'post_check' && by === 'feedback')) return;
    await tx.update(suggestionEntity, { id }, { wasRight, shownBy: by, shownAt: now });
  }

  /** The newest outcomes of an action for a rule, newest first. */
  async outcomes(
    manager: EntityManager,
    { rule, actionType }: { rule: string; actionType: string },
    limit: number,
  ): Promise<boolean[]> {
    const found = await manager.find(suggestionEntity, {
      select: { id: true, wasRight: true },
      where: { rule, actionType, shownAt: Not(IsNull()) },
      order: { shownAt: 'DESC', id: 'DESC' },
      take: limit,
    });
    return found.map(({ wasRight }) => wasRight === true);
  }

  /** Every pair of rule and action that has an outcome, those with the newest first. */
  async pairs(manager: EntityManager, limit: number): Promise<{ rule: string; actionType: string }[]> {
    const rows = await manager
      .createQueryBuilder(suggestionEntity, 's')
      .select('s.rule', 'rule')
      .addSelect('s.actionType', 'actionType')
      .addSelect('MAX(s.shownAt)', 'newest')
      .where('s.shownAt IS NOT NULL')
      .groupBy('s.rule')
      .addGroupBy('s.actionType')
      .orderBy('newest', 'DESC')
      .limit(limit)
      .getRawMany<{ rule: string; actionType: string }>();
    return rows.map(({ rule, actionType }) => ({ rule, actionType }));
  }

  /** What models said and what came of it, oldest first; the newest `limit` of them. */
  async forecasts(manager: EntityManager, limit: number): Promise<Forecast[]> {
    const found = await manager.find(suggestionEntity, {
      select: { id: true, confidence: true, wasRight: true },
      where: { shownAt: Not(IsNull()), confidence: Not(IsNull()) },
      order: { shownAt: 'DESC', id: 'DESC' },
      take: limit,
    });
    return found.reverse().map(({ confidence, wasRight }) => ({ confidence: confidence!, outcome: wasRight === true }));
  }
}
