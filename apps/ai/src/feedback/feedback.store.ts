import { Injectable } from '@nestjs/common';
import { And, IsNull, LessThan, MoreThanOrEqual, Not, type EntityManager } from 'typeorm';
import type { PagePosition } from '../requests/page';
import type { Feedback } from './feedback';
import { feedbackEntity } from './feedback.entity';

/** How many liked something, and how many did not. */
export interface Votes {
  up: number;
  down: number;
}

/** Feedback, one per person and analysis. */
@Injectable()
export class FeedbackStore {
  of(manager: EntityManager, analysisId: string, personId: string): Promise<Feedback | null> {
    return manager.findOneBy(feedbackEntity, { analysisId, personId });
  }

  /** Errors: a unique violation when the person has said something already. */
  async insert(tx: EntityManager, feedback: Feedback): Promise<void> {
    await tx.insert(feedbackEntity, feedback);
  }

  async update(tx: EntityManager, { id, ...changes }: Feedback): Promise<void> {
    await tx.update(feedbackEntity, { id }, changes);
  }

  async delete(tx: EntityManager, id: string): Promise<void> {
    await tx.delete(feedbackEntity, { id });
  }

  /** Newest first, one more than asked for. */
  list(manager: EntityManager, analysisId: string, { before, limit }: PagePosition): Promise<Feedback[]> {
    return manager.find(feedbackEntity, {
      where: { analysisId, ...(before ? { id: LessThan(before) } : {}) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
  }

  async votesOn(manager: EntityManager, analysisId: string): Promise<Votes> {
    const [up, down] = await Promise.all([
      manager.countBy(feedbackEntity, { analysisId, rating: 'up' }),
      manager.countBy(feedbackEntity, { analysisId, rating: 'down' }),
    ]);
    return { up, down };
  }

  async votesIn(manager: EntityManager, from: Date, to: Date): Promise<Votes> {
    const updatedAt = And(MoreThanOrEqual(from), LessThan(to));
    const [up, down] = await Promise.all([
      manager.countBy(feedbackEntity, { updatedAt, rating: 'up' }),
      manager.countBy(feedbackEntity, { updatedAt, rating: 'down' }),
    ]);
    return { up, down };
  }

  /** What people said it really was, the newest first. */
  corrections(manager: EntityManager, analysisId: string, limit: number): Promise<Feedback[]> {
    const where = { analysisId, correction: Not(IsNull()) };
    return manager.find(feedbackEntity, { where, order: { updatedAt: 'DESC', id: 'DESC' }, take: limit });
  }
}
