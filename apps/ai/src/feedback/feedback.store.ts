import { Injectable } from '@nestjs/common';
import { And, In, IsNull, LessThan, MoreThanOrEqual, Not, type EntityManager } from 'typeorm';
import type { PagePosition } from '../requests/page';
import { DifyFeedbackStore } from '../dify/dify-feedback.store';
import type { Feedback } from './feedback';
import { feedbackEntity } from './feedback.entity';

/** How many liked something, and how many did not. */
export interface Votes {
  up: number;
  down: number;
}

/** Feedback, one per person and analysis. Each change leaves a note for Dify, if the analysis was its. */
@Injectable()
export class FeedbackStore {
  constructor(private readonly dify: DifyFeedbackStore) {}

  of(manager: EntityManager, analysisId: string, personId: string): Promise<Feedback | null> {
    return manager.findOneBy(feedbackEntity, { analysisId, personId });
  }

  /** Errors: a unique violation when the person has said something already. */
  async insert(tx: EntityManager, feedback: Feedback): Promise<void> {
    await tx.insert(feedbackEntity, feedback);
    await this.dify.changed(tx, feedback.analysisId);
  }

  async update(tx: EntityManager, { id, ...changes }: Feedback): Promise<void> {
    await tx.update(feedbackEntity, { id }, changes);
    await this.dify.changed(tx, changes.analysisId);
  }

  async delete(tx: EntityManager, { id, analysisId }: Feedback): Promise<void> {
    await tx.delete(feedbackEntity, { id });
    await this.dify.changed(tx, analysisId);
  }

  /** Deletes whatever was said about these analyses, which are gone; how many notes for Dify there were. */
  async deleteOf(tx: EntityManager, analysisIds: readonly string[]): Promise<number> {
    await tx.delete(feedbackEntity, { analysisId: In([...analysisIds]) });
    return this.dify.deleteOf(tx, analysisIds);
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
